/* SPDX-License-Identifier: ISC */
/*
 * Mails in a directory, one file each: a head (entry.c) and the text, octet
 * by octet as it will leave.  A file gets its name when all of it is on disk,
 * so that there is always a whole mail or none; later only its head is
 * written over, in place.  Locks are flock(2)'s: whoever is to change a mail
 * holds one on its file, and who writes a new one holds it from the start.
 *
 *	ID		a mail
 *	tmp.ID		one being written
 *	lock		held by who drains
 *	relays		which do not work (backoff.c)
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pages.h"
#include "base/privilege.h"
#include "delivery/spool.h"

enum { TMP_AGE = 60 * 60 };

static int
failed(const char *what, struct fault *f)
{
	return fault_errno(f, EX_IOERR, errno, "spool: %s", what);
}

int
spool_write(int fd, struct str s, uint64_t at, struct fault *f)
{
	while (s.n > 0) {
		ssize_t n = pwrite(fd, s.p, s.n, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed("cannot be written", f);
		s.p += n;
		s.n -= (size_t)n;
		at += (uint64_t)n;
	}
	return 0;
}

int
spool_write_head(int fd, const struct entry *t, const struct envelope *e,
    struct fault *f)
{
	size_t part = 0;
	uint64_t at = 0;
	struct buf b;
	int status;

	buf_init(&b, ENTRY_HEAD_MAX);
	do {
		buf_clear(&b);
		part = entry_format(&b, t, e, part);
		if (b.failed)
			status = fault(f, EX_OSERR, "spool: out of memory");
		else if (b.n > t->head - at ||
		    (part == 0 && b.n < t->head - at))
			status = fault(f, EX_SOFTWARE, "spool: another head");
		else
			status = spool_write(fd, buf_view(&b), at, f);
		at += b.n;
	} while (status == 0 && part > 0);
	buf_free(&b);
	return status;
}

DIR *
spool_names(const struct place *p)
{
	int fd = openat(p->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && names == NULL)
		(void)close(fd);
	return names;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
spool_list(const struct place *p, const char *behind, struct spool_list *l,
    struct fault *f)
{
	DIR *names = spool_names(p);
	size_t room = 0;
	struct dirent *d;

	*l = (struct spool_list){ 0 };
	if (names == NULL)
		return failed("cannot be listed", f);
	while ((d = readdir(names)) != NULL) {
		if (!entry_is_id(d->d_name) || strcmp(d->d_name, behind) <= 0)
			continue;
		if (l->count == room) {
			void *grown;

			room = room == 0 ? 64 : room * 2;
			grown = reallocarray(l->id, room, sizeof(*l->id));
			if (grown == NULL)
				break;
			l->id = grown;
		}
		memcpy(l->id[l->count++], d->d_name, ENTRY_ID_SIZE);
	}
	(void)closedir(names);
	if (d != NULL)
		return fault(f, EX_OSERR, "spool: out of memory");
	if (l->count > 0)
		qsort(l->id, l->count, sizeof(*l->id), by_name);
	return 0;
}

void
spool_list_free(struct spool_list *l)
{
	free(l->id);
	*l = (struct spool_list){ 0 };
}

bool
spool_busy(const struct place *p)
{
	DIR *names = spool_names(p);
	struct dirent *d = NULL;

	while (names != NULL && (d = readdir(names)) != NULL)
		if (entry_is_id(d->d_name))
			break;
	if (names != NULL)
		(void)closedir(names);
	return d != NULL;
}

/* What an interrupted commit has left; a mail is never empty. */
static bool
is_leftover(const char *name, const struct stat *st)
{
	if (entry_is_id(name))
		return st->st_size == 0;
	return strncmp(name, SPOOL_TMP, sizeof(SPOOL_TMP) - 1) == 0 &&
	    st->st_mtime + TMP_AGE < time(NULL);
}

void
spool_sweep(const struct place *p)
{
	DIR *names = spool_names(p);
	struct dirent *d;
	struct stat st;
	int fd;

	while (names != NULL && (d = readdir(names)) != NULL) {
		if (fstatat(p->dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !is_leftover(d->d_name, &st))
			continue;
		fd = openat(p->dir, d->d_name, O_RDONLY | SPOOL_FLAGS);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			(void)unlinkat(p->dir, d->d_name, 0);
		(void)close(fd);
	}
	if (names != NULL)
		(void)closedir(names);
}

/* Appends n octets of the file. */
static int
read_part(int fd, struct buf *b, size_t n, uint64_t at, struct fault *f)
{
	char *room = buf_room(b, n);

	if (room == NULL)
		return fault(f, EX_OSERR, "spool: out of memory");
	while (n > 0) {
		ssize_t got = pread(fd, room, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed("cannot be read", f);
		if (got == 0)
			return fault(f, EX_DATAERR, "damaged: cut short");
		room += got;
		at += (uint64_t)got;
		n -= (size_t)got;
		b->n += (size_t)got;
	}
	return 0;
}

/*
 * Appends n octets of the file to a paged buffer.  Many are kept in another
 * file: who may write into the spool can make this one shorter at any time.
 */
static int
read_at(int fd, struct buf *b, size_t n, uint64_t at, struct fault *f)
{
	int status = 0;

	while (n > 0 && status == 0) {
		size_t part = n < PAGES_PART ? n : PAGES_PART;

		status = read_part(fd, b, part, at, f);
		at += part;
		n -= part;
	}
	return status;
}

static bool
ends_line(struct str s)
{
	return s.n >= 2 && memcmp(s.p + s.n - 2, "\r\n", 2) == 0;
}

/* A dot behind a line that does not end would not be the end of the mail. */
static int
check_end(int fd, const struct entry *t, struct fault *f)
{
	struct buf end;
	int status = 0;

	if (t->body == 0)
		return 0;
	buf_init(&end, 2);
	if (t->body >= 2)
		status = read_part(fd, &end, 2,
		    t->head + t->header + t->body - 2, f);
	if (status == 0 && !ends_line(buf_view(&end)))
		status = fault(f, EX_DATAERR, "damaged: body");
	buf_free(&end);
	return status;
}

/* The mail's text: the header in memory, the body where it is. */
static int
read_text(struct spooled *s, struct fault *f)
{
	struct message *m = &s->mail.message;
	const struct entry *t = &s->entry;
	int fd;

	/* What was added to it may have made it longer than any original. */
	buf_init_paged(&m->header, (size_t)t->header, &m->scratch);
	if (read_at(s->fd, &m->header, (size_t)t->header, t->head, f) != 0)
		return -1;
	buf_settle(&m->header);
	if (!ends_line(buf_view(&m->header)))
		return fault(f, EX_DATAERR, "damaged: header");
	if (check_end(s->fd, t, f) != 0)
		return -1;
	if (mail_keep_header(&s->mail, f) != 0)
		return -1;
	m->header_8bit = t->header_kind == '8' || t->header_kind == 'M';
	m->header_long = t->header_kind == 'L' || t->header_kind == 'M';
	m->body_8bit = t->body_kind == '8' || t->body_kind == 'M';
	m->body_long = t->body_kind == 'L' || t->body_kind == 'M';
	m->body_dots = true;		/* or not: it costs a search */
	if ((fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 3)) < 0)
		return failed("cannot be read", f);
	store_from_file(&m->body, fd, t->head + t->header, t->body);
	return 0;
}

static int
read_file(struct spooled *s, struct fault *f)
{
	struct buf head;
	struct stat st;
	size_t n;
	int status;

	if (fstat(s->fd, &st) != 0)
		return failed("cannot be read", f);
	if (st.st_nlink == 0)
		return fault(f, EX_NOINPUT, "no such message");
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return fault(f, EX_DATAERR, "damaged: no file of its own");
	buf_init_paged(&head, ENTRY_HEAD_MAX, &s->mail.message.scratch);
	status = read_at(s->fd, &head, ENTRY_START, 0, f);
	n = status == 0 ? entry_head_length(buf_view(&head)) : 0;
	if (status == 0 && n == 0)
		status = fault(f, EX_DATAERR, "damaged: not of this version");
	if (status == 0)
		status = read_at(s->fd, &head, n - ENTRY_START, ENTRY_START, f);
	if (status == 0)
		status = entry_parse(&s->entry, &s->mail.envelope,
		    buf_view(&head), f);
	buf_free(&head);
	scratch_rewind(&s->mail.message.scratch, 0);
	if (status == 0 && (uint64_t)st.st_size !=
	    s->entry.head + s->entry.header + s->entry.body)
		status = fault(f, EX_DATAERR, "damaged: size");
	return status == 0 ? read_text(s, f) : -1;
}

int
spool_load(const struct place *p, const char *id, bool change,
    struct spooled *s, struct fault *f)
{
	int status = 0;

	*s = (struct spooled){ .fd = openat(p->dir, id,
	    (change ? O_RDWR : O_RDONLY) | SPOOL_FLAGS) };
	if (s->fd < 0 && errno == ENOENT)
		return fault(f, EX_NOINPUT, "%s: no such message", id);
	if (s->fd < 0)
		return fault_errno(f, EX_NOPERM, errno, "%s", id);
	mail_init(&s->mail);
	if (change && flock(s->fd, LOCK_EX | LOCK_NB) != 0)
		status = fault(f, EX_UNAVAILABLE, "%s: is being sent", id);
	else if (read_file(s, f) != 0)
		status = fault(f, f->code, "%s: %s", id, f->text);
	memcpy(s->entry.id, id, ENTRY_ID_SIZE);
	if (status != 0)
		spool_close(s);
	return status;
}

int
spool_save(struct spooled *s, bool sure, struct fault *f)
{
	int status = spool_write_head(s->fd, &s->entry, &s->mail.envelope, f);

	if (status == 0 && sure && fdatasync(s->fd) != 0)
		status = failed("cannot be written", f);
	return status;
}

int
spool_remove(const struct place *p, const char *id, bool sure, struct fault *f)
{
	if (unlinkat(p->dir, id, 0) != 0 || (sure && fsync(p->dir) != 0))
		return failed("cannot be removed", f);
	return 0;
}

void
spool_close(struct spooled *s)
{
	mail_free(&s->mail);
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

int
spool_lock(const struct place *p)
{
	int fd = io_create(p->dir, SPOOL_LOCK, O_RDWR | SPOOL_FLAGS);

	if (fd >= 0 && p->owner != privilege_user())
		(void)fchown(fd, p->owner, (gid_t)-1);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

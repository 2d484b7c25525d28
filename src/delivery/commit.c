/* SPDX-License-Identifier: ISC */
/*
 * How a mail gets into the spool: written under a temporary name, synced,
 * renamed, the directory synced.  Whatever happens in between, there is the
 * whole mail or none.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/privilege.h"
#include "delivery/spool.h"

enum {
	TMP_NAME = sizeof(SPOOL_TMP) + ENTRY_ID_SIZE,
	WRITE_SIZE = 64 * 1024
};

bool
spool_wants(const struct rcpt *r)
{
	return r->state == RCPT_PENDING ||
	    (r->state == RCPT_TEMPORARY && !r->told);
}

static int
failed(const char *what, struct fault *f)
{
	return fault_errno(f, EX_IOERR, errno, "spool: %s", what);
}

/*
 * Whether there is room for a file that exists already, in its full size, so
 * that of several writers at a time none is overlooked.
 */
static int
check_room(const struct place *p, struct fault *f)
{
	uint64_t size = 0, count = 0;
	DIR *names = spool_names(p);
	struct dirent *d;
	struct stat st;

	if (names == NULL)
		return failed("cannot be listed", f);
	while ((d = readdir(names)) != NULL)
		if (fstatat(p->dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && (entry_is_id(d->d_name) ||
		    strncmp(d->d_name, SPOOL_TMP, strlen(SPOOL_TMP)) == 0)) {
			size += (uint64_t)st.st_size;
			count++;
		}
	(void)closedir(names);
	if (p->max_messages > 0 && count > p->max_messages)
		return fault(f, EX_UNAVAILABLE, "spool: full: %" PRIu64
		    " messages (spool-max-messages)", p->max_messages);
	if (p->max_size > 0 && size > p->max_size)
		return fault(f, EX_UNAVAILABLE, "spool: full: %" PRIu64
		    " octets (spool-max-size)", p->max_size);
	return 0;
}

/* Writes the text behind the head, in large pieces. */
static int
write_text(int fd, const struct mail *m, uint64_t at, struct fault *f)
{
	struct mail_reader reader;
	struct str text;
	struct buf out;
	int status;

	buf_init(&out, WRITE_SIZE);
	mail_start(&reader, m);
	while ((status = mail_next(&reader, &text, f)) == 0 && text.n > 0) {
		if (out.n + text.n > WRITE_SIZE) {
			status = spool_write(fd, buf_view(&out), at, f);
			at += out.n;
			buf_clear(&out);
		}
		if (status == 0 && text.n > WRITE_SIZE) {
			status = spool_write(fd, text, at, f);
			at += text.n;
		} else if (status == 0 && buf_str(&out, text) != 0)
			status = fault(f, EX_OSERR, "spool: out of memory");
		if (status != 0)
			break;
	}
	if (status == 0)
		status = spool_write(fd, buf_view(&out), at, f);
	mail_stop(&reader);
	buf_free(&out);
	return status;
}

/* A line break would make two lines of one. */
static bool
is_plain(const struct envelope *e)
{
	bool plain = e->sender != NULL && strchr(e->sender, '\n') == NULL;

	plain = plain && (e->envid == NULL ||
	    dsn_printable(str_of(e->envid), DSN_ENVID_MAX));
	for (size_t i = 0; i < e->count; i++)
		plain = plain && strchr(e->rcpt[i].address, '\n') == NULL &&
		    (e->rcpt[i].names->orcpt == NULL || dsn_printable(
		    str_of(e->rcpt[i].names->orcpt), DSN_ORCPT_MAX));
	return plain;
}

/* A mail on its way into the spool. */
struct job {
	const struct place *place;
	const struct mail *m;
	struct entry	*t;
	struct envelope	 wanted;	/* those it is spooled for; borrowed */
};

/* How long the head will be. */
static int
measure(const struct job *j, struct fault *f)
{
	size_t part = 0, n = 0;
	bool failed;
	struct buf b;

	buf_init(&b, ENTRY_HEAD_MAX);
	do {
		buf_clear(&b);
		part = entry_format(&b, j->t, &j->wanted, part);
		n += b.n;
	} while (part > 0 && !b.failed);
	failed = b.failed;
	buf_free(&b);
	j->t->head = n;
	return failed ? fault(f, EX_OSERR, "spool: out of memory") : 0;
}

/* What the head says of the mail. */
static int
make_head(const struct job *j, struct fault *f)
{
	const struct mail *m = j->m;
	struct entry *t = j->t;

	t->header = 0;
	for (size_t i = 0; i < m->header.count; i++)
		t->header += m->header.piece[i].text.n;
	t->body = mail_size(m) - t->header;
	t->header_kind = ENTRY_KINDS[m->message.header_8bit +
	    2 * m->message.header_long];
	t->body_kind = ENTRY_KINDS[m->message.body_8bit +
	    2 * m->message.body_long];
	return is_plain(&j->wanted) ? measure(j, f) :
	    fault(f, EX_SOFTWARE, "spool: line break in an address");
}

static int
find_wanted(struct job *j, struct fault *f)
{
	const struct envelope *e = &j->m->envelope;
	struct envelope *wanted = &j->wanted;

	*wanted = *e;
	wanted->count = 0;
	wanted->rcpt = calloc(e->count + 1, sizeof(*wanted->rcpt));
	if (wanted->rcpt == NULL)
		return fault(f, EX_OSERR, "spool: out of memory");
	for (size_t i = 0; i < e->count; i++)
		if (spool_wants(&e->rcpt[i]))
			wanted->rcpt[wanted->count++] = e->rcpt[i];
	return 0;
}

/* Writes all of the file and makes sure that it stays. */
static int
write_file(const struct job *j, int fd, struct fault *f)
{
	const struct place *p = j->place;

	if (p->owner != privilege_user() &&
	    fchown(fd, p->owner, (gid_t)-1) != 0)
		return failed("cannot be given to its owner", f);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 ||
	    ftruncate(fd, (off_t)(j->t->head + mail_size(j->m))) != 0)
		return failed("cannot be written", f);
	if (check_room(p, f) != 0 ||
	    spool_write_head(fd, j->t, &j->wanted, f) != 0 ||
	    write_text(fd, j->m, j->t->head, f) != 0)
		return -1;
	return fsync(fd) == 0 ? 0 : failed("cannot be written", f);
}

/* Gives a file that is complete its name, or takes it away altogether. */
static int
publish(const struct place *p, const char *tmp, const char *id, int status,
    struct fault *f)
{
	if (status == 0 && renameat(p->dir, tmp, p->dir, id) != 0)
		status = failed("cannot be written", f);
	else if (status == 0) {
		if (fsync(p->dir) == 0)
			return 0;
		status = failed("cannot be written", f);
		(void)unlinkat(p->dir, id, 0);
	}
	(void)unlinkat(p->dir, tmp, 0);
	return status;
}

int
spool_commit(const struct place *p, const struct mail *m, struct entry *t,
    struct fault *f)
{
	struct job j = { .place = p, .m = m, .t = t };
	char tmp[TMP_NAME];
	int fd, status;

	entry_name(t->id);
	t->created = time(NULL);
	t->state = ENTRY_QUEUED;
	t->route = p->route;
	(void)snprintf(tmp, sizeof(tmp), SPOOL_TMP "%s", t->id);
	if (find_wanted(&j, f) != 0 || make_head(&j, f) != 0) {
		free(j.wanted.rcpt);
		return -1;
	}
	fd = io_create(p->dir, tmp, O_RDWR | O_EXCL | SPOOL_FLAGS);
	if (fd < 0)
		status = fault_errno(f, EX_CANTCREAT, errno, "spool: %s",
		    p->path);
	else
		status = publish(p, tmp, t->id, write_file(&j, fd, f), f);
	free(j.wanted.rcpt);
	if (status != 0 && fd >= 0) {
		/* Should it have kept its name, there is no mail behind it. */
		(void)ftruncate(fd, 0);
		(void)close(fd);
	}
	return status == 0 ? fd : -1;
}

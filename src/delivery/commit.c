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

/* The head for those recipients that the mail is spooled for. */
static int
make_head(struct buf *head, struct entry *t, const struct mail *m,
    struct fault *f)
{
	struct envelope wanted = m->envelope;
	int status;

	wanted.count = 0;
	wanted.rcpt = calloc(m->envelope.count + 1, sizeof(*wanted.rcpt));
	if (wanted.rcpt == NULL)
		return fault(f, EX_OSERR, "spool: out of memory");
	for (size_t i = 0; i < m->envelope.count; i++)
		if (spool_wants(&m->envelope.rcpt[i]))
			wanted.rcpt[wanted.count++] = m->envelope.rcpt[i];
	t->header = 0;
	for (size_t i = 0; i < m->header.count; i++)
		t->header += m->header.piece[i].text.n;
	t->body = mail_size(m) - t->header;
	t->header_kind = ENTRY_KINDS[m->message.header_8bit +
	    2 * m->message.header_long];
	t->body_kind = ENTRY_KINDS[m->message.body_8bit +
	    2 * m->message.body_long];
	status = entry_format(head, t, &wanted, f);
	free(wanted.rcpt);
	return status;
}

/* Writes all of the file and makes sure that it stays. */
static int
write_file(const struct place *p, int fd, const struct buf *head,
    const struct mail *m, struct fault *f)
{
	if (p->owner != privilege_user() && fchown(fd, p->owner, (gid_t)-1) != 0)
		return failed("cannot be given to its owner", f);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 ||
	    ftruncate(fd, (off_t)(head->n + mail_size(m))) != 0)
		return failed("cannot be written", f);
	if (check_room(p, f) != 0 ||
	    spool_write(fd, buf_view(head), 0, f) != 0 ||
	    write_text(fd, m, head->n, f) != 0)
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
	char tmp[TMP_NAME];
	struct buf head;
	int fd, status;

	entry_name(t->id);
	t->created = time(NULL);
	t->state = ENTRY_QUEUED;
	t->route = p->route;
	(void)snprintf(tmp, sizeof(tmp), SPOOL_TMP "%s", t->id);
	buf_init_large(&head, ENTRY_HEAD_MAX);
	if (make_head(&head, t, m, f) != 0) {
		buf_free(&head);
		return -1;
	}
	fd = io_create(p->dir, tmp, O_RDWR | O_EXCL | SPOOL_FLAGS);
	if (fd < 0)
		status = fault_errno(f, EX_CANTCREAT, errno, "spool: %s",
		    p->path);
	else
		status = publish(p, tmp, t->id,
		    write_file(p, fd, &head, m, f), f);
	buf_free(&head);
	if (status != 0 && fd >= 0) {
		/* Should it have kept its name, there is no mail behind it. */
		(void)ftruncate(fd, 0);
		(void)close(fd);
	}
	return status == 0 ? fd : -1;
}

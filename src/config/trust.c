/* SPDX-License-Identifier: ISC */
/*
 * Which files the program believes.  All checks are made on the descriptor
 * that is then read, never on a name, so that nobody can swap the file in
 * between; symbolic links are followed, for container runtimes mount files
 * that way and the checks hold for what is behind them.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bsd/grp.h>
#include <bsd/pwd.h>

#include "base/clock.h"
#include "base/privilege.h"
#include "config/trust.h"

enum { PIECE = 4096 };

/* "owner root, group root, mode 0600" */
static void
describe(const struct stat *st, char text[TRUST_TEXT])
{
	(void)snprintf(text, TRUST_TEXT,
	    "owner %.48s, group %.48s, mode %04o",
	    user_from_uid(st->st_uid, 0), group_from_gid(st->st_gid, 0),
	    (unsigned)st->st_mode & 07777);
}

/* Says why open() failed. */
static int
unopened(const char *path, int error, struct fault *f)
{
	char text[TRUST_TEXT];
	struct stat st;

	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return fault_errno(f, EX_NOINPUT, error, "%s", path);
	case EACCES:
	case EPERM:
		if (stat(path, &st) == -1)
			return fault(f, EX_NOPERM, "%s: uid %u may not enter "
			    "its directory", path, (unsigned)geteuid());
		describe(&st, text);
		return fault(f, EX_NOPERM, "%s: cannot be read by uid %u (%s): "
		    "run as its owner, let sendlet be set-group-id to its "
		    "group, or use a file this user may read", path,
		    (unsigned)geteuid(), text);
	case ELOOP:
	case ENAMETOOLONG:
	case ENXIO:
		return fault_errno(f, EX_CONFIG, error, "%s", path);
	default:
		return fault_errno(f, EX_OSERR, error, "%s", path);
	}
}

static int
check(struct trusted *t, const char *path, enum trust trust, struct fault *f)
{
	char text[TRUST_TEXT];
	const struct stat *st = &t->is;

	if (fstat(t->fd, &t->is) == -1)
		return fault_errno(f, EX_OSERR, errno, "%s", path);
	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
		return fault(f, EX_CONFIG, "%s: is no regular file", path);
	if (trust == TRUST_ORDERS && st->st_uid != 0 &&
	    st->st_uid != privilege_user()) {
		describe(st, text);
		return fault(f, EX_NOPERM, "%s: belongs to another user (%s): "
		    "it must belong to root or uid %u", path, text,
		    (unsigned)geteuid());
	}
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		describe(st, text);
		return fault(f, EX_NOPERM, "%s: others may write to it (%s): "
		    "chmod go-w", path, text);
	}
	return 0;
}

int
trust_open(struct trusted *t, const char *path, enum trust trust,
    struct fault *f)
{
	/* A pipe without a writer, a terminal: opening must never wait. */
	t->fd = openat(AT_FDCWD, path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (t->fd == -1)
		return unopened(path, errno, f);
	if (check(t, path, trust, f) == -1) {
		(void)close(t->fd);
		return -1;
	}
	return 0;
}

void
trust_describe(const struct trusted *t, char text[TRUST_TEXT])
{
	describe(&t->is, text);
}

int
trust_private(const struct trusted *t, struct fault *f)
{
	char text[TRUST_TEXT];
	mode_t hidden = S_IRGRP | S_IROTH;

	if ((t->is.st_mode & hidden) == 0)
		return 0;
	if (getegid() != getgid() && t->is.st_gid == getegid())
		hidden = S_IROTH;
	if ((t->is.st_mode & hidden) == 0)
		return 0;
	describe(&t->is, text);
	return fault(f, EX_NOPERM, "a secret is in this file, but others may "
	    "read it (%s): chmod %s", text, hidden == S_IROTH ? "o-r" : "go-r");
}

/* read(2) behind what is in the buffer; with no room left, of one octet. */
static ssize_t
read_piece(const struct trusted *t, struct buf *b, size_t size)
{
	size_t left = b->max - b->n;
	char spare, *room = &spare;

	if (left > 0) {
		size = size < left ? size : left;
		room = buf_room(b, size);
	} else
		size = 1;
	if (room == NULL) {
		errno = ENOMEM;
		return -1;
	}
	return read(t->fd, room, size);
}

int
trust_read(const struct trusted *t, const char *name, int64_t deadline,
    struct buf *b, struct fault *f)
{
	struct pollfd ready = { .fd = t->fd, .events = POLLIN };
	/* In a file there is nothing to wait for, nor behind its end. */
	bool file = S_ISREG(t->is.st_mode), more = true;
	size_t size = file && t->is.st_size > 0 && t->is.st_size < PIECE ?
	    (size_t)t->is.st_size + 1 : PIECE;

	while (more) {
		int got = file ? 1 : poll(&ready, 1, clock_left(deadline));
		ssize_t n = got > 0 ? read_piece(t, b, size) : -1;

		if (got == 0)
			return fault(f, EX_CONFIG, "%s: did not come to an end "
			    "in time", name);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return fault_errno(f, EX_OSERR, errno, "%s", name);
		if (n > 0 && (size_t)n > b->max - b->n)
			return fault(f, EX_CONFIG, "%s: longer than %zu octets",
			    name, b->max);
		if (n > 0)
			b->n += (size_t)n;
		more = n < 0 || (file ? (size_t)n == size : n > 0);
	}
	return 0;
}

int
trust_text(const char *path, bool secret, struct buf *b, struct fault *f)
{
	struct trusted file;
	struct fault why;
	int done = -1;

	if (trust_open(&file, path, TRUST_DATA, f) != 0) {
		if (f->code == EX_NOINPUT)
			f->code = EX_CONFIG;
		return -1;
	}
	if (secret && trust_private(&file, &why) != 0)
		(void)fault(f, EX_NOPERM, "%s: %s", path, why.text);
	else
		done = trust_read(&file, path, CLOCK_NEVER, b, f);
	(void)close(file.fd);
	if (done == 0 && buf_char(b, '\0') != 0)
		done = fault(f, EX_CONFIG, "%s: too large", path);
	return done;
}

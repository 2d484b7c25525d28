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
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/trust.h"

enum { DESCRIPTION_MAX = 160, PIECE = 4096 };

/* "owner root, group root, mode 0600" */
static void
describe(const struct stat *st, char text[DESCRIPTION_MAX])
{
	(void)snprintf(text, DESCRIPTION_MAX,
	    "owner %.48s, group %.48s, mode %04o",
	    user_from_uid(st->st_uid, 0), group_from_gid(st->st_gid, 0),
	    (unsigned)st->st_mode & 07777);
}

/* Says why open() failed. */
static int
unopened(const char *path, int error, struct fault *f)
{
	char text[DESCRIPTION_MAX];
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
check(int fd, const char *path, enum trust trust, struct fault *f)
{
	char text[DESCRIPTION_MAX];
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fault_errno(f, EX_OSERR, errno, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return fault(f, EX_CONFIG, "%s: is no regular file", path);
	if (trust == TRUST_ORDERS && st.st_uid != 0 &&
	    st.st_uid != geteuid()) {
		describe(&st, text);
		return fault(f, EX_NOPERM, "%s: belongs to another user (%s): "
		    "it must belong to root or uid %u", path, text,
		    (unsigned)geteuid());
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		describe(&st, text);
		return fault(f, EX_NOPERM, "%s: others may write to it (%s): "
		    "chmod go-w", path, text);
	}
	return 0;
}

int
trust_open(const char *path, enum trust trust, struct fault *f)
{
	/* A pipe without a writer, a terminal: opening must never wait. */
	int fd = openat(AT_FDCWD, path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd == -1)
		return unopened(path, errno, f);
	if (check(fd, path, trust, f) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

int
trust_private(int fd, struct fault *f)
{
	char text[DESCRIPTION_MAX];
	struct stat st;
	mode_t hidden = S_IRGRP | S_IROTH;

	if (fstat(fd, &st) == -1)
		return fault_errno(f, EX_OSERR, errno, "fstat");
	if (getegid() != getgid() && st.st_gid == getegid())
		hidden = S_IROTH;
	if ((st.st_mode & hidden) == 0)
		return 0;
	describe(&st, text);
	return fault(f, EX_NOPERM, "a secret is in this file, but others may "
	    "read it (%s): chmod %s", text, hidden == S_IROTH ? "o-r" : "go-r");
}

int
trust_read(int fd, const char *name, int64_t deadline, struct buf *b,
    struct fault *f)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char piece[PIECE];
	struct stat st;
	/* In a file there is nothing to wait for, nor behind its end. */
	bool file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	ssize_t n = -1;
	int got, code = 0;

	while (code == 0 && n != 0 && !(file && n > 0 && n < PIECE)) {
		got = file ? 1 : poll(&ready, 1, clock_left(deadline));
		if (got == 0)
			code = fault(f, EX_CONFIG, "%s: did not come to an end "
			    "in time", name);
		else if (got == -1 && errno != EINTR)
			code = fault_errno(f, EX_OSERR, errno, "%s", name);
		if (got <= 0)
			continue;
		n = read(fd, piece, sizeof(piece));
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			code = fault_errno(f, EX_OSERR, errno, "%s", name);
		else if (n > 0 && (size_t)n > b->max - b->n)
			code = fault(f, EX_CONFIG, "%s: longer than %zu octets",
			    name, b->max);
		else if (n > 0 && buf_add(b, piece, (size_t)n) == -1)
			code = fault(f, EX_OSERR, "%s: out of memory", name);
	}
	explicit_bzero(piece, sizeof(piece));
	return code;
}

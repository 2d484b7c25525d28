/* SPDX-License-Identifier: ISC */
/*
 * Descriptors that were handed to us.  Whether they block is a property of
 * the file behind them, which others may have open and may change.  And those
 * of files that are made here.
 */
#include <sys/stat.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/io.h"

bool
io_again(int fd, short events)
{
	const int error = errno;
	struct pollfd p = { .fd = fd, .events = events };

	if (error == EAGAIN || error == EWOULDBLOCK)
		return poll(&p, 1, -1) > 0 || errno == EINTR;
	return error == EINTR;
}

int
io_write(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && io_again(fd, POLLOUT))
			continue;
		if (n < 0)
			return -1;
		s.p += n;
		s.n -= (size_t)n;
	}
	return 0;
}

void
io_private(void)
{
	(void)umask(S_IRWXG | S_IRWXO);
}

int
io_create(int dir, const char *name, int flags)
{
	io_private();
	return openat(dir, name, flags | O_CREAT | O_CLOEXEC,
	    S_IRUSR | S_IWUSR);
}

int
io_mkdir(int dir, const char *name)
{
	io_private();
	return mkdirat(dir, name, S_IRWXU);
}

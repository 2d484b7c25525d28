/* SPDX-License-Identifier: ISC */
/*
 * Descriptors that were handed to us.  Whether they block is a property of
 * the file behind them, which others may have open and may change.
 */
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

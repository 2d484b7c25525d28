/* SPDX-License-Identifier: ISC */
/*
 * Small exchanges over a bare socket, before there is a stream: name servers
 * and proxies.  Nothing waits past its deadline.
 */
#include <errno.h>

#include "base/signals.h"
#include "net/wait.h"

int
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = signals_poll(&p, 1, deadline);

	if (n < 0)
		return errno;
	return n == 0 ? ETIMEDOUT : 0;
}

int
wait_connect(int fd, const struct address *a)
{
	if (connect(fd, &a->is.any, a->size) == 0)
		return 0;
	/* A Unix socket whose backlog is full says EAGAIN and goes no way. */
	return errno == EINTR ? EINPROGRESS : errno;
}

int
wait_connect_fast(int fd, const struct address *a)
{
	/*
	 * Nothing is sent along: the cookie alone makes the server go on, and
	 * there is no connection until it has answered.
	 */
	if (sendto(fd, "", 0, MSG_FASTOPEN | MSG_NOSIGNAL, &a->is.any,
	    a->size) == 0 || errno == EINPROGRESS || errno == EINTR)
		return EINPROGRESS;
	return wait_connect(fd, a);
}

int
wait_result(int fd)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return errno;
	return error;
}

int
wait_write(int fd, const void *data, size_t n, int64_t deadline)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		int error = done < 0 ? errno : 0;

		if (done >= 0) {
			p += done;
			n -= (size_t)done;
			continue;
		}
		if (error == EAGAIN)
			error = wait_for(fd, POLLOUT, deadline);
		if (error != 0 && error != EINTR)
			return error;
	}
	return 0;
}

int
wait_read(int fd, void *data, size_t n, int64_t deadline)
{
	char *p = data;

	while (n > 0) {
		int error = wait_for(fd, POLLIN, deadline);
		ssize_t done;

		if (error != 0)
			return error;
		done = recv(fd, p, n, MSG_DONTWAIT);
		if (done == 0)
			return ECONNRESET;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno != EAGAIN && errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

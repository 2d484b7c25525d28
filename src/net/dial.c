/* SPDX-License-Identifier: ISC */
/*
 * From a host and a port to a connected socket: resolves the name, then tries
 * its addresses one after the other in the resolver's order (RFC 6724).
 *
 * getaddrinfo(3) knows no deadline: how long it may take is up to "timeout"
 * and "attempts" in resolv.conf(5), and the time it took is gone from the
 * deadline for connecting.  Address literals never reach the resolver.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/signals.h"
#include "net/dial.h"

enum { REPORT_MAX = 480, FAIR_MS = 1000 };

/* Waits until the socket is connected; returns 0 or the error number. */
static int
finish(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0, n;

	n = signals_poll(&p, 1, deadline);
	if (n < 0)
		return errno;
	if (n == 0)
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return errno;
	return error;
}

/* Connects to one address; returns the socket, or -1 with errno. */
static int
attempt(const struct addrinfo *a, int64_t deadline)
{
	const int on = 1;
	int error = 0, fd;

	fd = socket(a->ai_family,
	    a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) != 0)
		error = errno;
	if (error == EINPROGRESS || error == EINTR)
		error = finish(fd, deadline);
	if (error != 0) {
		close(fd);
		errno = error;
		return -1;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/*
 * An address that swallows packets must not use up the time of the others:
 * each but the last gets half of what is left, though not under a second.
 */
static int64_t
share(const struct addrinfo *a, int64_t deadline)
{
	int64_t now, half;

	if (a->ai_next == NULL || deadline == CLOCK_NEVER)
		return deadline;
	now = clock_ms();
	half = (deadline - now) / 2;
	if (half < FAIR_MS)
		half = FAIR_MS;
	return now + half < deadline ? now + half : deadline;
}

static const char *
reason(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "connection refused";
	case ETIMEDOUT:
		return "connection timed out";
	case EINTR:
		return "interrupted";
	case ENETUNREACH:
		return "network is unreachable";
	case EHOSTUNREACH:
		return "no route to host";
	default:
		return strerror(error);
	}
}

static void
print_address(const struct addrinfo *a, char name[DIAL_NAME_MAX])
{
	union {
		const struct sockaddr *any;
		const struct sockaddr_in *v4;
		const struct sockaddr_in6 *v6;
	} p = { a->ai_addr };
	const void *octets = a->ai_family == AF_INET ?
	    (const void *)&p.v4->sin_addr : &p.v6->sin6_addr;

	if (inet_ntop(a->ai_family, octets, name, DIAL_NAME_MAX) == NULL)
		(void)snprintf(name, DIAL_NAME_MAX, "?");
}

/* Tries each address; what went wrong is appended to the report. */
static int
try_each(const struct addrinfo *list, uint16_t port, int64_t deadline,
    char name[DIAL_NAME_MAX], struct buf *report)
{
	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		int fd;

		print_address(a, name);
		if (a != list && clock_left(deadline) == 0) {
			(void)buf_puts(report, "; no time left for others");
			break;
		}
		fd = attempt(a, share(a, deadline));
		if (fd >= 0)
			return fd;
		(void)buf_fmt(report, "%s[%s]:%u: %s", a == list ? "" : "; ",
		    name, (unsigned)port, reason(errno));
	}
	return -1;
}

/* Looks the host up, as an address literal first. */
static int
resolve(const char *host, uint16_t port, struct addrinfo **list)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
	};
	char service[8];
	int error;

	(void)snprintf(service, sizeof(service), "%u", (unsigned)port);
	error = getaddrinfo(host, service, &hints, list);
	if (error != EAI_NONAME)
		return error;
	hints.ai_flags = AI_NUMERICSERV;
	return getaddrinfo(host, service, &hints, list);
}

static const char *
unresolved(int error)
{
	switch (error) {
	case EAI_NONAME:
		return "no such host";
	case EAI_NODATA:
		return "the name has no address";
	case EAI_AGAIN:
		return "name server does not answer";
	case EAI_FAIL:
		return "name server failed";
	case EAI_SYSTEM:
		return strerror(errno);
	default:
		return gai_strerror(error);
	}
}

int
dial(const char *host, uint16_t port, int64_t deadline,
    char name[DIAL_NAME_MAX], struct fault *f)
{
	struct addrinfo *list;
	struct buf report;
	int error, fd;

	name[0] = '\0';
	error = resolve(host, port, &list);
	if (error != 0)
		return fault(f, EX_UNAVAILABLE, "%s: %s", host,
		    unresolved(error));
	buf_init(&report, REPORT_MAX);
	fd = try_each(list, port, deadline, name, &report);
	if (fd < 0)
		(void)fault(f, EX_UNAVAILABLE, "%s%.*s", host,
		    STR_ARG(buf_view(&report)));
	buf_free(&report);
	freeaddrinfo(list);
	return fd;
}

/* SPDX-License-Identifier: ISC */
/*
 * A socket, read and written as it is.  A small segment must not wait until
 * the one before is acknowledged (RFC 896): the other side may take its time
 * with that.  But an answer acknowledges what it answers, so that a session of
 * a question, an answer and a message need not ask for anything.
 */
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "net/plain.h"
#include "net/tls.h"

/* An answer may have left before all of a longer dialogue was heard. */
enum { ANSWERED = 2 };

int
plain_read(struct plain *s, char *p, size_t n, struct fault *f)
{
	ssize_t got;

	do
		got = recv(s->fd, p, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got >= 0) {
		s->unanswered = false;
		return (int)got;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return TLS_WANT_READ;
	return fault(f, EX_UNAVAILABLE, "%s", strerror(errno));
}

void
plain_hurry(struct plain *s)
{
	const int on = 1;

	/* A Unix socket knows of nothing else. */
	if (!s->hurried)
		(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof(on));
	s->hurried = true;
}

/* Takes n octets that were written off the two pieces. */
static void
advance(struct iovec piece[2], size_t n)
{
	for (int i = 0; i < 2; i++) {
		size_t part = n < piece[i].iov_len ? n : piece[i].iov_len;

		piece[i].iov_base = (char *)piece[i].iov_base + part;
		piece[i].iov_len -= part;
		n -= part;
	}
}

/* Before a write. */
static void
prepare(struct plain *s)
{
	if (s->unanswered || s->writes == ANSWERED)
		plain_hurry(s);
}

/* After one: 0 when there may be another, or what the caller returns. */
static int
judge(struct plain *s, ssize_t n, struct fault *f)
{
	if (n >= 0) {
		s->unanswered = true;
		s->writes++;
		return 0;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return TLS_WANT_WRITE;
	if (errno == EINTR)
		return 0;
	return fault(f, EX_UNAVAILABLE, "%s", errno == EPIPE ?
	    "connection closed by the relay" : strerror(errno));
}

int
plain_write(struct plain *s, struct iovec piece[2], struct fault *f)
{
	struct msghdr m = { .msg_iov = piece, .msg_iovlen = 2 };
	int status = 0;

	while (status == 0 && piece[0].iov_len + piece[1].iov_len > 0) {
		ssize_t n;

		prepare(s);
		n = sendmsg(s->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		status = judge(s, n, f);
		if (n > 0)
			advance(piece, (size_t)n);
	}
	return status;
}

int
plain_send_file(struct plain *s, struct extent *e, struct fault *f)
{
	int status = 0;

	while (status == 0 && e->n > 0) {
		off_t at = (off_t)e->at;
		ssize_t n;

		prepare(s);
		n = sendfile(s->fd, e->fd, &at, (size_t)e->n);
		/* The end, or a file that is to be read: who does will see. */
		if (n == 0 || (n < 0 && (errno == EINVAL || errno == ESPIPE ||
		    errno == EIO || errno == ENOSYS)))
			break;
		status = judge(s, n, f);
		if (n > 0) {
			e->at += (size_t)n;
			e->n -= (size_t)n;
		}
	}
	return status;
}

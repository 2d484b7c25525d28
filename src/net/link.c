/* SPDX-License-Identifier: ISC */
/*
 * Records between Mbed TLS and a socket that never waits.  Small ones are held
 * back until there is something to wait for, so that our Finished and the
 * first command travel in one segment; what comes in is read in one go.
 */
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <mbedtls/ssl.h>

#include "net/link.h"

/*
 * Sends what is held back and the n octets at p, in one go.  Returns how many
 * of the latter have left.
 */
static int
send_all(struct link *l, const unsigned char *p, size_t n)
{
	struct iovec v[2] = {
		{ l->out, l->out_n },
		{ (void *)(uintptr_t)p, n }
	};
	const struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	size_t held;
	ssize_t sent;

	do
		sent = sendmsg(l->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	/* The answer will take its time: to be polled for, not tried for. */
	l->readable = false;
	if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		l->error = errno;
		return LINK_FAILED;
	}
	if (sent < 0)
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	held = (size_t)sent < l->out_n ? (size_t)sent : l->out_n;
	l->out_n -= held;
	memmove(l->out, l->out + held, l->out_n);
	return (int)((size_t)sent - held);
}

int
link_push(void *link, const unsigned char *p, size_t n)
{
	struct link *l = link;
	int sent;

	if (n > sizeof(l->out) - l->out_n) {
		sent = send_all(l, p, n);
		return sent == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : sent;
	}
	memcpy(l->out + l->out_n, p, n);
	l->out_n += n;
	return (int)n;
}

int
link_flush(struct link *l)
{
	int sent = l->out_n == 0 ? 0 : send_all(l, NULL, 0);

	return sent == 0 && l->out_n > 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : sent;
}

int
link_pull(void *link, unsigned char *p, size_t n)
{
	struct link *l = link;
	ssize_t got;
	int status;

	if (l->in_at == l->in_n) {
		/* No answer comes before our own words are out. */
		status = link_flush(l);
		if (status < 0)
			return status;
		if (!l->readable)
			return MBEDTLS_ERR_SSL_WANT_READ;
		do
			got = recv(l->fd, l->in, sizeof(l->in), MSG_DONTWAIT);
		while (got < 0 && errno == EINTR);
		l->readable = got == sizeof(l->in);
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return MBEDTLS_ERR_SSL_WANT_READ;
		if (got < 0) {
			l->error = errno;
			return LINK_FAILED;
		}
		l->in_at = 0;
		l->in_n = (size_t)got;
	}
	if (n > l->in_n - l->in_at)
		n = l->in_n - l->in_at;
	if (n > 0)
		memcpy(p, l->in + l->in_at, n);
	l->in_at += n;
	return (int)n;
}

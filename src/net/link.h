/* SPDX-License-Identifier: ISC */
#ifndef NET_LINK_H
#define NET_LINK_H

#include <stdbool.h>
#include <stddef.h>

/* The socket under a TLS session.  The caller sets fd, the rest is zero. */
struct link {
	int		 fd;
	int		 error;		/* errno of a failed socket */
	bool		 readable;	/* recv(2) may have more */
	size_t		 in_at, in_n, out_n;
	unsigned char	 in[8 * 1024];	/* most records come in one recv(2) */
	unsigned char	 out[1024];	/* small records leave together */
};

/* The socket is done for; a value that Mbed TLS gives to its own failures. */
enum { LINK_FAILED = -0x0050 };

/*
 * What Mbed TLS calls, with the link as its argument, for octets out and in.
 * They never wait: MBEDTLS_ERR_SSL_WANT_* when there is nothing to be done,
 * LINK_FAILED with .error.
 */
int link_push(void *link, const unsigned char *, size_t);
int link_pull(void *link, unsigned char *, size_t);

/* Sends what is held back: 0, MBEDTLS_ERR_SSL_WANT_WRITE or LINK_FAILED. */
int link_flush(struct link *);

#endif

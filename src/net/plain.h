/* SPDX-License-Identifier: ISC */
#ifndef NET_PLAIN_H
#define NET_PLAIN_H

#include <sys/uio.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/io.h"

/* A socket that never waits, without TLS.  The caller sets fd alone. */
struct plain {
	int		 fd;
	unsigned	 writes;
	bool		 unanswered;	/* nothing was heard since the last */
	bool		 hurried;
};

/*
 * recv(2): returns how many octets, 0 at the end, or TLS_WANT_READ or
 * TLS_ERROR with EX_UNAVAILABLE (net/tls.h).
 */
int plain_read(struct plain *, char *, size_t, struct fault *);

/*
 * Sends both pieces in one go, as far as that goes, and takes off them what
 * has left.  Returns 0 when nothing is left, TLS_WANT_WRITE, or TLS_ERROR with
 * EX_UNAVAILABLE.
 */
int plain_write(struct plain *, struct iovec piece[2], struct fault *);

/*
 * Has the kernel send part of a file, and takes off the extent what has left.
 * The same results; but 0 is also for what cannot be sent like this: there is
 * a rest then, which is to be read and written.
 */
int plain_send_file(struct plain *, struct extent *, struct fault *);

/* From here on nothing that is written waits for what was written before. */
void plain_hurry(struct plain *);

#endif

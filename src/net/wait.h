/* SPDX-License-Identifier: ISC */
#ifndef NET_WAIT_H
#define NET_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include "net/address.h"

/*
 * Work with a non-blocking socket, by a deadline.  All of them return 0 or an
 * error number: ETIMEDOUT when the deadline passes, EINTR when the program is
 * to end (base/signals.h).
 */

/* Waits for POLLIN or POLLOUT. */
int wait_for(int fd, short events, int64_t deadline);

/* Begins to connect; 0 or EINPROGRESS: under way. */
int wait_connect(int fd, const struct address *);

/*
 * The same over TCP to a server that speaks first: one that offers TCP Fast
 * Open (RFC 7413) and knows us may do so a round trip earlier.
 */
int wait_connect_fast(int fd, const struct address *);

/* What has become of a connection under way that poll(2) has reported. */
int wait_result(int fd);

/* Moves all n octets; ECONNRESET when the peer closes before. */
int wait_write(int fd, const void *, size_t n, int64_t deadline);
int wait_read(int fd, void *, size_t n, int64_t deadline);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/io.h"
#include "net/tls.h"

/*
 * A connection to a relay: buffered both ways, TLS or not, every wait bounded
 * by one deadline.  Opaque.
 */
struct stream;

/*
 * Takes over a connected, non-blocking socket.  NULL: no memory; it is closed
 * then.
 */
struct stream *stream_new(int fd);

/* Closes without more ado; wipes and frees all.  NULL is allowed. */
void stream_free(struct stream *);

/* From now on every wait ends at this deadline (clock_ms() scale). */
void stream_deadline(struct stream *, int64_t deadline);

/* Buffers bytes, writing them out as the buffer fills. */
int stream_put(struct stream *, struct str, struct fault *);

/*
 * Writes part of a file behind what is buffered, which the kernel can do
 * without copying it, and takes off the extent what it could.  The rest is to
 * be read and put: all of it under TLS.
 */
int stream_put_file(struct stream *, struct extent *, struct fault *);

/*
 * Writes all that is buffered, in as few system calls as can be.  While the
 * peer does not take it, what the peer says is read and kept, so that two
 * full pipes never wait for each other.  What the peer said before a write
 * failed can still be read.
 */
int stream_flush(struct stream *, struct fault *);

/*
 * Reads one line, at most max octets without its line end (CRLF; a bare LF is
 * tolerated).  *line is valid until the next call for this stream.
 * EX_PROTOCOL: longer line.  EX_TEMPFAIL never: a closed, reset or silent
 * connection is EX_UNAVAILABLE, its text only says what happened ("timed out",
 * "connection closed by the relay", "Connection reset by peer").
 */
int stream_line(struct stream *, size_t max, struct str *line,
    struct fault *);

/* Says that poll(2) has found something to be read. */
void stream_heard(struct stream *);

/* True when bytes have been received that nobody has read. */
bool stream_pending(const struct stream *);

/* Flushes, then waits: true when the peer says something by the deadline. */
bool stream_speaks(struct stream *);

/* True while the peer says nothing and stays: a kept session is good. */
bool stream_quiet(const struct stream *);

/*
 * Starts TLS on the connection.  Refused with EX_PROTOCOL when unread bytes
 * are pending (RFC 3207 section 6: command injection).
 */
int stream_start_tls(struct stream *, const struct tls_settings *,
    struct fault *);

/* The socket, which stays the stream's; for getsockname(2). */
int stream_fd(const struct stream *);

/* The TLS session, or NULL; for its description and channel binding. */
struct tls *stream_tls(struct stream *);

/* The socket may stay open until the process ends, which is soon. */
void stream_leave(struct stream *);

/* Sends close_notify where due, then does what stream_free() does. */
void stream_close(struct stream *);

#endif

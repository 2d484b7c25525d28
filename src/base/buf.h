/* SPDX-License-Identifier: ISC */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdint.h>

#include "base/str.h"

/*
 * A growing byte buffer with a fixed maximum.  The first failure (maximum
 * passed, no memory) is latched: later additions do nothing, so that a writer
 * may add many pieces and test buf.failed once.
 */
struct buf {
	char	*p;
	size_t	 n;		/* octets in use */
	size_t	 size;		/* octets allocated */
	size_t	 max;		/* it never holds more than this */
	bool	 failed;
	bool	 large;		/* see buf_init_large() */
};

/* An empty buffer that allocates nothing yet. */
void buf_init(struct buf *, size_t max);

/* For what may become large, and is not taken out of it to be free()d. */
void buf_init_large(struct buf *, size_t max);

/* Wipes and frees the bytes; the buffer is empty and usable again. */
void buf_free(struct buf *);

/*
 * Puts octets of a large buffer out of memory: those from from to to, which
 * are in the file as well and stay there.  They can be read as before, but not
 * changed.  See base/pages.h, also for what from and to may be; the first from
 * is 0.  Returns -1 where that cannot be done; then all is as before.
 */
int buf_file(struct buf *, size_t from, size_t to, int fd, uint64_t at);

/* Keeps the memory, forgets bytes and failure. */
void buf_clear(struct buf *);

/*
 * Append; the source may not lie in the buffer.  Memory that was outgrown is
 * wiped.  Return 0, or -1 when the buffer has failed.
 */
int buf_add(struct buf *, const void *, size_t);
int buf_str(struct buf *, struct str);
int buf_puts(struct buf *, const char *);
int buf_char(struct buf *, char);
int buf_fmt(struct buf *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Makes room for n more octets and returns where they go; the caller then
 * adds what it wrote to buf.n.  NULL when the buffer has failed.
 */
char *buf_room(struct buf *, size_t n);

/*
 * The bytes as a C string: a NUL is kept behind them, not counted in n.
 * NULL when the buffer has failed.  Valid until the buffer changes.
 */
const char *buf_cstr(struct buf *);

/* The bytes as a view, valid until the buffer changes. */
struct str buf_view(const struct buf *);

#endif

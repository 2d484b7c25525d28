/* SPDX-License-Identifier: ISC */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/scratch.h"

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
	struct scratch *scratch;	/* see buf_init_paged(); or NULL */
	size_t	 filed;		/* octets of it that are there */
};

/* An empty buffer that allocates nothing yet. */
void buf_init(struct buf *, size_t max);

/* For what may become large, and is not taken out of it to be free()d. */
void buf_init_large(struct buf *, size_t max);

/*
 * The same for what need not be in memory: of more than a few ten thousand
 * octets all but the last are put into the scratch file.  They can be read as
 * before, see base/pages.h; of the others the last BUF_LOOSE may be changed or
 * taken off again.  What cannot be put there stays in memory, so that with
 * scratch == NULL it is a large one.
 */
enum { BUF_LOOSE = 8 * 1024 };
void buf_init_paged(struct buf *, size_t max, struct scratch *);

/* Nothing will be added any more: the rest goes there as well. */
void buf_settle(struct buf *);

/* Wipes and frees the bytes; the buffer is empty and usable again. */
void buf_free(struct buf *);

/* Keeps memory, forgets bytes and failure. */
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

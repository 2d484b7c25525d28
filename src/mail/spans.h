/* SPDX-License-Identifier: ISC */
#ifndef MAIL_SPANS_H
#define MAIL_SPANS_H

#include "mail/store.h"

/* One stretch of a body that leaves: made text, or octets of the store. */
struct span {
	char		*made;		/* owned; NULL: they are in the store */
	uint64_t	 at;		/* in the store */
	uint64_t	 n;		/* octets, before encoding */
};

/* A body that leaves, as a row of spans.  None: as the store has it. */
struct spans {
	struct span	*span;
	size_t		 count, room;
	uint64_t	 size;		/* octets that leave */
};

void spans_free(struct spans *);

/*
 * Appends octets of the store, as they are; what goes on where the last span
 * ended is joined to it.  Returns -1 with EX_OSERR.
 */
int spans_add(struct spans *, uint64_t at, uint64_t n, struct fault *);

/* Appends bytes of our own; the buffer is used up, whatever happens. */
int spans_made(struct spans *, struct buf *, struct fault *);

/* A walk through all of them. */
struct spans_reader {
	const struct spans *spans;
	const struct store *store;
	size_t		 next;
	uint64_t	 done;		/* octets of that span */
};

/*
 * The next octets, from memory or read into room; empty at the end.  Returns
 * -1 with EX_IOERR or EX_OSERR.
 */
int spans_next(struct spans_reader *, struct buf *room, struct str *,
    struct fault *);

#endif

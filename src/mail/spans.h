/* SPDX-License-Identifier: ISC */
#ifndef MAIL_SPANS_H
#define MAIL_SPANS_H

#include "mail/encoder.h"
#include "mail/store.h"

/* One stretch of a body that leaves: made text, or octets of the store. */
struct span {
	char		*made;		/* owned; NULL: they are in the store */
	uint64_t	 at;		/* in the store */
	uint64_t	 n;		/* octets, before encoding */
	enum encoder_code code;
};

/* A body that leaves, as a row of spans.  None: as the store has it. */
struct spans {
	struct span	*span;
	size_t		 count, room;
	uint64_t	 size;		/* octets that leave */
};

void spans_free(struct spans *);

/* Appends octets of the store, as they are.  Returns -1 with EX_OSERR. */
int spans_add(struct spans *, uint64_t at, uint64_t n, struct fault *);

/* The same through an encoder, which makes size octets of them. */
struct coding {
	enum encoder_code code;
	uint64_t	 size;
};
int spans_code(struct spans *, uint64_t at, uint64_t n,
    const struct coding *, struct fault *);

/* Appends bytes of our own; the buffer is used up, whatever happens. */
int spans_made(struct spans *, struct buf *, struct fault *);

/* A walk through all of them. */
struct spans_reader {
	const struct spans *spans;
	const struct store *store;
	size_t		 next;
	uint64_t	 done;		/* octets of that span */
	struct str	 read;		/* of it, and not yet encoded */
	struct encoder	 encoder;
	struct buf	 coded;
};

void spans_start(struct spans_reader *, const struct spans *,
    const struct store *);
void spans_stop(struct spans_reader *);

/* The next octets; empty at the end.  Returns -1 with EX_IOERR or EX_OSERR. */
int spans_next(struct spans_reader *, struct buf *room, struct str *,
    struct fault *);

#endif

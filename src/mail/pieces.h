/* SPDX-License-Identifier: ISC */
#ifndef MAIL_PIECES_H
#define MAIL_PIECES_H

#include "base/buf.h"
#include "base/fault.h"

/* A text as a row of pieces: views of the original, and added bytes. */
struct piece {
	struct str	 text;		/* never empty */
	char		*own;		/* freed with the pieces; or NULL */
};

struct pieces {
	struct piece	*piece;
	size_t		 count, room;
	struct buf	 packed;	/* what stands in front of them */
};

void pieces_free(struct pieces *);

/*
 * Appends a view of bytes that outlive the pieces; one that goes on where the
 * last one ended is joined to it.  Returns -1 with EX_OSERR.
 */
int pieces_add(struct pieces *, struct str, struct fault *);

/* Appends bytes of our own; the buffer is used up, whatever happens. */
int pieces_made(struct pieces *, struct buf *, struct fault *);

/* The same in front of all others. */
int pieces_made_first(struct pieces *, struct buf *, struct fault *);

/*
 * Pieces cost more than the text when there are very many: then the text of
 * those so far becomes one paged text, and all of them are gone.  When the last
 * was added, pieces_unpack() makes that the first piece.  Return -1 with
 * EX_OSERR.
 */
int pieces_pack(struct pieces *, struct scratch *, struct fault *);
int pieces_unpack(struct pieces *, struct fault *);

/*
 * All of them in one, as a paged buffer that is initialized.  Returns -1 with
 * EX_OSERR.
 */
int pieces_flatten(struct buf *, const struct pieces *, struct scratch *,
    struct fault *);

/* A walk through the text, from start to end. */
struct pieces_reader {
	const struct pieces *pieces;
	size_t		 next;		/* piece */
	size_t		 done;		/* octets of it */
};

void pieces_start(struct pieces_reader *, const struct pieces *);

/* The next octets, not too many at a time; false, and none, at the end. */
bool pieces_next(struct pieces_reader *, struct str *);

/* True when the text has octets from 128 up. */
bool pieces_has_8bit(const struct pieces *);

/*
 * Fills empty pieces with views of others, which must outlive them; others
 * stay as they are.  Returns -1 with EX_OSERR.
 */
int pieces_view(struct pieces *, const struct pieces *from, struct fault *);

#endif

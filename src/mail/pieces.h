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

/* All of them in one; the buffer is initialized.  Returns -1 with EX_OSERR. */
int pieces_flatten(struct buf *, const struct pieces *, struct fault *);

/*
 * Fills empty pieces with views of others, which must outlive them; others
 * stay as they are.  Returns -1 with EX_OSERR.
 */
int pieces_view(struct pieces *, const struct pieces *from, struct fault *);

#endif

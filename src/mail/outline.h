/* SPDX-License-Identifier: ISC */
#ifndef MAIL_OUTLINE_H
#define MAIL_OUTLINE_H

#include "mail/entity.h"
#include "mail/store.h"

/*
 * Bounds: of parts, of parts in parts, of one part's header (octets), and of
 * a boundary.
 */
enum {
	OUTLINE_ENTITIES = 20000,
	OUTLINE_DEPTH = 100,
	OUTLINE_HEADER = 256 * 1024,
	OUTLINE_BOUNDARY = 900
};

/* The structure of a message, in the order of its text; the first is all. */
struct outline {
	struct entity	*entity;
	size_t		 count, room;
};

/*
 * Finds the entities in a body, whose header is given, in one pass over the
 * store.  A boundary counts where a line is "--", the boundary, perhaps "--",
 * and perhaps blanks (RFC 2046 section 5.1.1): one that only starts like that
 * belongs to another multipart, or to none.  It also ends what is open inside.
 * A multipart without any boundary line is a leaf.  open: what is signed or
 * encrypted is looked into as well.  Returns -1 with EX_IOERR, EX_OSERR, or
 * EX_DATAERR (too many parts).
 */
int outline_read(struct outline *, struct str header, const struct store *,
    bool open, struct fault *);

void outline_free(struct outline *);

#endif

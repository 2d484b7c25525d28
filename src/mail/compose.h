/* SPDX-License-Identifier: ISC */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include <stdint.h>
#include <time.h>

#include "base/buf.h"

/* What tells one mail from all others, the same whichever relay gets it. */
struct stamp {
	time_t		 now;		/* 0: not stamped yet */
	uint64_t	 random;	/* 0: not needed yet */
};

void stamp_set(struct stamp *);

/* Draws the number, unless that has been done. */
void stamp_draw(struct stamp *);

/*
 * Each appends one whole field under the name given, RFC 5322 section 3.6.
 * The full name, NULL or "" when there is none, becomes a phrase, quoted or in
 * encoded words where need be, and is cut when very long.
 */
void compose_date(struct buf *, const char *field, const struct stamp *);
void compose_from(struct buf *, const char *field, const char *name,
    const char *address);
void compose_message_id(struct buf *, const char *field,
    const struct stamp *, const char *hostname);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_OUTLOOK_H
#define DELIVERY_OUTLOOK_H

#include "delivery/courier.h"
#include "delivery/entry.h"

/* What is to be expected of the ways a mail has. */
struct outlook {
	size_t		 open;		/* may be asked now */
	size_t		 waiting;	/* have failed in an earlier run */
	size_t		 down;		/* have failed in this one */
};

void outlook_find(struct outlook *, const struct courier *,
    const struct envelope *);

/*
 * When the first relay may be asked for a mail that waits, in seconds since
 * 1970; 0: now.
 */
int64_t outlook_next(const struct conf *, const struct place *,
    const struct envelope *, int64_t now);

/* When a mail in the spool is tried again: its own time, or theirs if later. */
int64_t outlook_due(const struct conf *, const struct place *,
    const struct entry *, const struct envelope *, int64_t now);

/*
 * The mail has been tried, in vain: when it is due again.  While none of its
 * relays works, as soon as one of these is.
 */
void outlook_defer(const struct courier *, const struct envelope *,
    struct entry *);

#endif

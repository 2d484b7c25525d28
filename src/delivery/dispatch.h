/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_DISPATCH_H
#define DELIVERY_DISPATCH_H

#include "delivery/drain.h"

/* How a mail is to be handed over. */
struct dispatch {
	struct drain	 drain;		/* with the courier for the mail */
	enum conf_delivery when;
	bool		 quiet;		/* no messages, no dead.letter */
	int64_t		 started;	/* clock_ms() */
};

/*
 * Sees to it that each recipient of a mail that is complete is served: by a
 * relay, now, or by the spool.  What neither takes is named on standard error
 * and kept in dead.letter.  All is logged.  Then mail that has been waiting
 * in the spool is delivered by a process in the background.  Returns the exit
 * code; in that process too, which is to end with it.
 */
int dispatch(struct dispatch *, struct mail *);

/*
 * That last step alone, for other ways of delivery: call it when a relay has
 * taken something, and the courier is at rest.
 */
void dispatch_drain(struct drain *);

#endif

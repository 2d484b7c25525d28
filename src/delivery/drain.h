/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_DRAIN_H
#define DELIVERY_DRAIN_H

#include "delivery/deliver.h"
#include "delivery/place.h"

/* One who delivers what is in the spool. */
struct drain {
	struct courier	 courier;
	const char	*hostname;	/* for reports */
	const char	*domain;	/* of their From address */
	bool		 all;		/* also what is not due yet */
	bool		 same;		/* only what was to go to our relays */
	/* Parts of what is selected, or "!" and what not; NULL: any. */
	const char	*id, *sender, *rcpt;
};

/*
 * Delivers each mail that is selected and due, and those that come in
 * meanwhile: for root in the spools of all users, else in our own.  What
 * becomes of them is logged and written down; a final failure is reported to
 * the sender.  One that another process is draining is left to it.  Ends
 * early, between two mails, when signals_stopped().  Returns -1 when there is
 * no spool, as place_open() does.
 */
int drain_run(struct drain *, struct fault *);

/* The same for one mail, before all others. */
void drain_mail(struct drain *, const struct place *, const char *id);

/* True when our own spool is not empty; costs next to nothing. */
bool drain_needed(const struct conf *);

/* Ends all that a run has begun. */
void drain_end(struct drain *);

#endif

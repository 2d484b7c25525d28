/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_DELIVER_H
#define DELIVERY_DELIVER_H

#include "delivery/courier.h"
#include "mail/mail.h"

/*
 * Hands the mail to the relays in their order until no recipient is open: the
 * next relay is tried for those that the one before could not take for now.
 * Afterwards every recipient has a result.  Of a courier who only asks, it is
 * what would happen.
 */
void deliver(struct courier *, struct mail *);

/* One attempt for those who are open, with this relay alone. */
void deliver_to(struct courier *, const struct relay *, struct mail *);

/* An SMTP answer to pass on: the relay's own, or ours where it gave none. */
struct verdict {
	int		 code;		/* 2yz: yes */
	char		 text[1024];	/* without the code; lines end in LF */
};

/* An answer of our own: code, enhanced status code, text. */
void verdict_say(struct verdict *, int code, const char *dsn,
    const char *text);

/*
 * The same in steps, for a sender who waits for each answer (-bs).  begin
 * finds a relay that takes the sender; accept offers it one of the recipients,
 * in the order of the envelope; finish does the rest and falls back on
 * deliver() for those still open.  A relay lost in between is no reason to say
 * no: finish tries again.
 */
void deliver_begin(struct courier *, struct mail *, struct verdict *);
void deliver_accept(struct courier *, struct mail *, size_t i,
    struct verdict *);
void deliver_finish(struct courier *, struct mail *, struct verdict *);

/* Takes back what was begun. */
void deliver_drop(struct courier *);

#endif

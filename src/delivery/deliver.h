/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_DELIVER_H
#define DELIVERY_DELIVER_H

#include "config/conf.h"
#include "mail/mail.h"
#include "smtp/session.h"
#include "smtp/transaction.h"

/* A relay that does not work at the moment. */
struct outage {
	const struct relay *relay;
	unsigned	 losses;	/* mails it broke off in a row */
	struct fault	 why;		/* code 0: it may be asked again */
};

/*
 * Takes mails to the relays.  A session stays open from one mail to the next
 * until courier_rest(), so that many mails cost one connection.
 */
struct courier {
	const struct conf *conf;
	const char	*hostname;	/* for EHLO; NULL: address literal */
	bool		 trace;		/* show the dialogue on stderr */
	bool		 probe;		/* only ask: nothing is sent */
	bool		 last;		/* the next mail is the last one */

	struct session	 session;	/* open while session.stream is set */
	bool		 used;		/* it has carried a mail before */
	struct transaction current;	/* begun while current.s is set */

	bool		 spooled;	/* these mails can wait: a login that
					   is refused may be put right, a relay
					   that is down is asked only once */
	struct outage	*outage;
	size_t		 outages;
};

/*
 * Hands the mail to the relays in their order until no recipient is open: the
 * next relay is tried for those that the one before could not take for now.
 * Afterwards every recipient has a result.  Of a courier who only asks, it is
 * what would happen.
 */
void deliver(struct courier *, struct mail *);

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
 * deliver() for those still open.  A relay lost in between is no reason to say no: finish tries again.
 */
void deliver_begin(struct courier *, struct mail *, struct verdict *);
void deliver_accept(struct courier *, struct mail *, size_t i,
    struct verdict *);
void deliver_finish(struct courier *, struct mail *, struct verdict *);

/* Takes back what was begun. */
void deliver_drop(struct courier *);

/* Makes the session one with this relay: the open one, or a new one. */
int courier_connect(struct courier *, const struct relay *, struct fault *);

/* Ends the session in good order. */
void courier_rest(struct courier *);

/* True when no relay is left that has not failed already. */
bool courier_hopeless(const struct courier *);

/* Forgets which relays have failed. */
void courier_forget(struct courier *);

#endif

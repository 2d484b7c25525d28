/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_COURIER_H
#define DELIVERY_COURIER_H

#include "delivery/backoff.h"
#include "delivery/route.h"
#include "delivery/self.h"
#include "smtp/session.h"
#include "smtp/transaction.h"

/* A relay that does not work at the moment. */
struct outage {
	const struct relay *relay;
	char		 domain[ANSWER_NAME];	/* of direct://; or "" */
	unsigned	 losses;	/* mails it broke off in a row */
	struct fault	 why;		/* code 0: it may be asked again */
};

/*
 * Takes mails to the relays.  A session stays open from one mail to the next
 * until courier_rest(), so that many mails cost one connection.
 */
struct courier {
	const struct conf *conf;
	struct self	*self;		/* as whom the mail is sent */
	bool		 trace;		/* show the dialogue on stderr */
	bool		 probe;		/* only ask: nothing is sent */
	struct watch	*watch;		/* or NULL */
	bool		 last;		/* the next mail is the last one */
	bool		 only;		/* and nothing has to be done then */
	bool		 sole;		/* nor may another relay be asked */

	struct route	 route;		/* to the relay of the session */
	struct session	 session;	/* open while session.stream is set */
	bool		 used;		/* it has carried a mail before */
	bool		 worked;	/* it is new, and has carried one */
	struct transaction current;	/* begun while current.s is set */

	bool		 spooled;	/* these mails can wait: a login that
					   is refused may be put right, a relay
					   that is down is asked only once */
	struct outage	*outage;
	size_t		 outages;
	const struct place *place;	/* where it is written down that a
					   relay does not work; or NULL */
	enum backoff_caller caller;	/* for whom relays are asked */
};

/*
 * Makes the session one with this relay, for direct:// with the servers of
 * this domain (else ""): the open one, or a new one with the first server
 * that answers well.  Returns -1 with the fault of the last one tried, or
 * that of route_find().
 */
int courier_connect(struct courier *, const struct relay *,
    const char *domain, struct fault *);

/*
 * Replaces the session by one with the next server behind the same relay;
 * when none is left, returns -1 and leaves the session as it is.
 */
int courier_next(struct courier *, struct fault *);

/* True when courier_next() has somebody to turn to. */
bool courier_more(const struct courier *);

/* Logs that the relay, or one server of it, is of no use now. */
void courier_log(const struct relay *, const struct fault *why);

/* Writes down that the relay of the session works, if that is news. */
void courier_settle(struct courier *);

/* Ends the session in good order. */
void courier_rest(struct courier *);

/* The record of a relay's troubles; NULL when it is not to be kept. */
struct outage *courier_outage(struct courier *, const struct relay *,
    const char *domain);

/* Whether it is time to ask the relay (backoff.h). */
bool courier_may_ask(const struct courier *, const struct relay *,
    const char *domain);

/* Writes down that it does not work. */
void courier_failed(const struct courier *, const struct relay *,
    const char *domain);

/* Forgets which relays have failed. */
void courier_forget(struct courier *);

#endif

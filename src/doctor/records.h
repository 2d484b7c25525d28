/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_RECORDS_H
#define DOCTOR_RECORDS_H

#include "config/conf.h"
#include "doctor/paper.h"
#include "mail/mail.h"
#include "net/address.h"

/* A mail as a relay gets it, and the two ends of the way there. */
struct sent {
	const struct conf *conf;
	const struct relay *relay;
	const struct mail *mail;	/* dressed for the relay */
	const struct address *peer, *own;	/* size 0: not known */
};

/*
 * What the DNS says of the sender's domain: SPF (RFC 7208), the keys of our
 * DKIM signatures (RFC 6376), DMARC (RFC 7489, with the tree walk of its
 * successor).  Each is a step.
 */
void records_check(struct paper *, const struct sent *);

#endif

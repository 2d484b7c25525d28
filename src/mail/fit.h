/* SPDX-License-Identifier: ISC */
#ifndef MAIL_FIT_H
#define MAIL_FIT_H

#include "mail/mail.h"

/* What the relay takes, and what may be done so that it does. */
struct fit_for {
	bool		 eightbit;	/* 8BITMIME, RFC 6152 */
	bool		 binary;	/* BINARYMIME, RFC 3030: never DATA */
	bool		 utf8;		/* SMTPUTF8, RFC 6531 */
	bool		 priority;	/* MT-PRIORITY, RFC 6710 */
};

/*
 * Makes the form of a dressed mail that leaves: m->fitted, which mail_size()
 * and mail_next() then show, until mail_unfit() or the next mail_fit().  The
 * message and m->header stay as they are.  A mail that the relay takes as it
 * is costs nothing.  Returns -1 with EX_DATAERR (it cannot be made fit, and
 * why), EX_IOERR or EX_OSERR; it is unfitted then.
 */
int mail_fit(struct mail *, const struct fit_for *, struct fault *);

/* Back to the mail as the relay's settings make it: what a spool keeps. */
void mail_unfit(struct mail *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_VISIT_H
#define DOCTOR_VISIT_H

#include "doctor/exam.h"

/* What has become of a recipient, all relays together. */
struct fate {
	enum rcpt_state	 state;
	int		 code;
	bool		 invalid;	/* no address: nobody is asked */
	char		 reply[STEP_TEXT];
};

/* A visit to every relay of the configuration, with a mail in hand. */
struct visit {
	struct courier	 courier;
	struct paper	*paper;
	struct mail	 mail;		/* its envelope is complete */
	bool		 send;		/* a relay is to get it */
	struct exam	 exam;
	struct fate	*fate;
};

/*
 * Asks each relay whether it would take the mail, in the order in which they
 * are tried; those for other senders only have to let us in.  With send, the
 * first that would take it gets it.  Every answer is a step.  Afterwards the
 * envelope has the results of a delivery.  Returns -1 with EX_OSERR.
 */
int visit_relays(struct visit *, struct fault *);

/* Reads the test message into the mail.  Returns -1 with EX_IOERR, EX_OSERR. */
int visit_letter(struct mail *, const struct conf *, struct fault *);

#endif

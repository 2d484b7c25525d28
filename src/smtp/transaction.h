/* SPDX-License-Identifier: ISC */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include "mail/mail.h"
#include "smtp/session.h"

/*
 * One mail transaction, RFC 5321 section 3.3.  Commands are numbered as they
 * are sent: 0 is MAIL, 1 to count are RCPT, then DATA, or BDAT with the whole
 * of a small message.
 */
struct transaction {
	struct session	*s;
	struct mail	*mail;
	uint16_t	*rcpt;		/* their indices in the envelope */
	size_t		 count, room;
	size_t		 sent, reaped;	/* commands, and replies to them */
	size_t		 accepted;	/* recipients the relay took */
	bool		 utf8;		/* SMTPUTF8 is part of MAIL */
	bool		 refused;	/* MAIL was: nothing may follow */
	bool		 full;		/* enough replies are due */
	bool		 whole;		/* BDAT is one of the commands */
	bool		 data;		/* 354 has come */
	bool		 left;		/* the end of the message has left */
	struct fault	 denied;	/* AUTH failed behind MAIL; or code 0 */
};

/*
 * Does it all for every recipient of the mail that is still open.  What the
 * relay says of a recipient, or of all, is noted in the envelope; recipients
 * it accepted get the mail although others were refused.  Returns 0 when the
 * relay answered everything, -1 when the session broke off (every recipient
 * then has its result all the same).
 */
int transaction_run(struct session *, struct mail *, struct fault *);

/*
 * The same in steps, for a sender who waits for each answer (-bs): open says
 * MAIL, add one RCPT, finish the rest; or drop, which takes the transaction
 * back (RSET).  After -1 the session is lost; the reply is in the session
 * after 0.
 */
int transaction_open(struct transaction *, struct session *, struct mail *,
    struct fault *);
int transaction_add(struct transaction *, size_t rcpt, struct fault *);
int transaction_finish(struct transaction *, struct fault *);
void transaction_drop(struct transaction *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include "mail/mail.h"
#include "smtp/session.h"

/*
 * One mail transaction (RFC 5321 section 3.3) for every recipient of the mail
 * that is still open: MAIL, RCPT for each, DATA, message, final dot.  What the
 * relay says of a recipient, or of all, is noted in the envelope; recipients
 * it accepted get the mail although others were refused.
 * Returns 0 when the relay answered everything, -1 when the session broke off
 * (every recipient then has its result all the same).
 */
int transaction_run(struct session *, struct mail *, struct fault *);

#endif

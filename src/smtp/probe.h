/* SPDX-License-Identifier: ISC */
#ifndef SMTP_PROBE_H
#define SMTP_PROBE_H

#include "mail/mail.h"
#include "smtp/session.h"

/*
 * Asks the relay about every open recipient, and sends nothing: MAIL, RCPT,
 * and VRFY and EXPN where they are offered, then RSET.  The result of each
 * recipient is that of RCPT; its reply has the other answers too.  Returns as
 * transaction_run().
 */
int probe_run(struct session *, struct mail *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_OFFER_H
#define SMTP_OFFER_H

#include "smtp/transaction.h"

/*
 * Makes the mail fit what the relay offers (mail/fit.h), for as long as the
 * transaction lasts.  Returns -1 when it cannot be done, or when it is known
 * without asking that the relay will not take it; that is then the result of
 * all recipients.
 */
int offer_meet(struct transaction *);

/*
 * True when the transaction is to use SMTPUTF8, which must be known before
 * MAIL: the relay offers it, and an address, or the header, or the client
 * behind us needs it.
 */
bool offer_utf8(const struct session *, struct mail *);

/*
 * The address as the transaction may show it: as it is, or with A-labels in
 * room; NULL when it can be shown with SMTPUTF8 only.
 */
const char *offer_address(const struct transaction *, const char *address,
    char room[ADDR_MAX + 1]);

/*
 * Whether the relay can have the mail at all, before MAIL: the sender's
 * address can be shown, and what the sender asks for is to be had.  Returns
 * NULL, or an enhanced status code with EX_DATAERR or EX_UNAVAILABLE.
 */
const char *offer_problem(const struct transaction *, struct fault *);

#endif

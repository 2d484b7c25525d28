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

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_PARAMETERS_H
#define SMTP_PARAMETERS_H

#include "smtp/transaction.h"

/*
 * Make the parameters of MAIL and RCPT, each with a blank before it, as far as
 * the relay offers them and the command has room.  The buffer is made here and
 * freed by the caller.
 */
void parameters_mail(struct buf *, const struct transaction *);
void parameters_rcpt(struct buf *, const struct session *,
    const struct rcpt *);

#endif

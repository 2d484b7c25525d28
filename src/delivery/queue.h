/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_QUEUE_H
#define DELIVERY_QUEUE_H

#include "config/conf.h"

/* What can be done to a mail in the spool. */
enum queue_verb { QUEUE_DELETE, QUEUE_HOLD, QUEUE_RELEASE };

/*
 * Prints what is in the spool on standard output, for root of all users: for
 * people, or one JSON object per line.  No spool is an empty one.  Returns -1
 * with EX_NOPERM, EX_OSERR, or EX_IOERR when it cannot be printed.
 */
int queue_list(const struct conf *, bool json, struct fault *);

/*
 * Removes the mail; keeps it from being tried; or lets it be tried again, at
 * once and in full, also when it was held or given up.  Returns -1 with
 * EX_DATAERR for what is no identifier, EX_NOINPUT when there is no such mail,
 * EX_UNAVAILABLE when it is just being sent, EX_IOERR.
 */
int queue_change(const struct conf *, const char *id, enum queue_verb,
    struct fault *);

#endif

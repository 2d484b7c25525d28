/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_DEADLETTER_H
#define DELIVERY_DEADLETTER_H

#include "config/conf.h"
#include "mail/mail.h"

enum { DEADLETTER_PATH_MAX = 1024 };

/* The file for such messages; false when there is no place for one. */
bool deadletter_path(const struct conf *, char path[DEADLETTER_PATH_MAX]);

/*
 * Keeps the message as it was read, in mbox form, at the end of the file the
 * configuration names, else of $HOME/dead.letter, else, where that directory
 * is, of /var/lib/sendlet/dead.letter; path says which.  Returns 1, 0 when
 * there is no such place, or -1 with EX_CANTCREAT, EX_NOPERM (a link, or
 * another user's file) or EX_IOERR, and with the file as it was before.
 */
int deadletter_add(const struct mail *, const struct conf *,
    char path[DEADLETTER_PATH_MAX], struct fault *);

#endif

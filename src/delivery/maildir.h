/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_MAILDIR_H
#define DELIVERY_MAILDIR_H

#include "mail/mail.h"

/*
 * Delivers one copy into the Maildir, which is made when only its last
 * component is missing: written to tmp, synced, moved to new, directory
 * synced.  Lines end in LF, as Maildir readers expect; Return-Path and one
 * Delivered-To per open recipient go first.  On success name holds the file's
 * name in new.  Returns -1 with EX_CANTCREAT or EX_IOERR; 1 with EX_IOERR
 * when it may be there all the same.
 */
int maildir_deliver(const char *path, const struct mail *, struct buf *name,
    struct fault *);

/*
 * Whether that could be done, as far as can be seen without doing it.  Returns
 * -1 with EX_CANTCREAT.
 */
int maildir_check(const char *path, struct fault *);

#endif

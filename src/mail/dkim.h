/* SPDX-License-Identifier: ISC */
#ifndef MAIL_DKIM_H
#define MAIL_DKIM_H

#include <time.h>

#include "config/conf.h"
#include "mail/mail.h"

/* More fields than this are not signed: EX_DATAERR. */
enum { DKIM_FIELDS_MAX = 1000 };

/*
 * Appends a DKIM-Signature field (RFC 6376) for each key of the longest domain
 * that the author's, the first in From, is or lies in; the keys' order is
 * kept.  Appends nothing when there is no such key.  What is signed is the
 * mail as mail_next() gives it, so nothing of it may change later; the fields
 * belong in front of it.  Its scratch file is used.  now is the time of
 * signing.  Returns -1 with EX_DATAERR, EX_IOERR, EX_OSERR or EX_SOFTWARE.
 */
int dkim_sign(struct buf *fields, struct mail *, const struct dkim *,
    time_t now, struct fault *);

/* True for the keys that sign mail whose author's domain is this one. */
bool dkim_signs(const struct dkim *, const struct signer *,
    struct str domain);

#endif

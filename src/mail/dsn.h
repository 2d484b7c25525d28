/* SPDX-License-Identifier: ISC */
#ifndef MAIL_DSN_H
#define MAIL_DSN_H

#include "base/buf.h"
#include "base/fault.h"

/* What a sender wants to be told of a recipient; 0: he did not say. */
enum dsn_notify {
	DSN_NEVER = 1, DSN_SUCCESS = 2, DSN_FAILURE = 4, DSN_DELAY = 8
};

/* How much of the message a report gives back. */
enum dsn_ret { DSN_RET_UNSET, DSN_RET_FULL, DSN_RET_HDRS };

/* RFC 3461 section 4.4 and 4.2, without the encoding. */
enum { DSN_ENVID_MAX = 100, DSN_ORCPT_MAX = 500 };

/*
 * Reads "never", or a comma separated list of the others, case ignored.
 * Returns the bits, or -1 with EX_USAGE.
 */
int dsn_notify(struct str text, struct fault *);

/* Appends the list as it stands behind NOTIFY=. */
void dsn_notify_format(struct buf *, unsigned notify);

/* Reads "full" or "hdrs".  Returns an enum dsn_ret, or -1 with EX_USAGE. */
int dsn_ret(struct str text, struct fault *);

/* Appends the text encoded as xtext, RFC 3461 section 4. */
void dsn_xtext(struct buf *, struct str text);

/*
 * Appends the text that xtext stands for; UTF-8, as SMTPUTF8 allows it in
 * ORCPT, in the form \x{HEX} that needs none (RFC 6533 section 3).  Returns -1
 * for what is no xtext, or would not be printable.
 */
int dsn_xtext_decode(struct buf *, struct str xtext);

/*
 * Appends what ORCPT says of an address: "rfc822;ADDRESS", or with UTF-8 in it
 * "utf-8;ADDRESS" with \x{HEX} for each such character (RFC 6533 section 3).
 */
void dsn_orcpt(struct buf *, const char *address);

/* True when the text is printable ASCII of at most max octets. */
bool dsn_printable(struct str text, size_t max);

#endif

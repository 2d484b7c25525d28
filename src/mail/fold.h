/* SPDX-License-Identifier: ISC */
#ifndef MAIL_FOLD_H
#define MAIL_FOLD_H

#include "base/buf.h"

/*
 * Appends a field, CRLF included, with lines that are too long (over 998
 * octets; with an encoded word in them over 76, RFC 2047 section 2) broken
 * where unfolding gives the same text (RFC 5322 section 2.2.3): before white
 * space, rather not within quotes, comments or angle brackets; and, with a
 * blank added, behind one of the separators outside of these.  separators ==
 * NULL: the field is unstructured.  Returns -1 when a line stays too long.
 */
int fold_field(struct buf *, struct str field, const char *separators);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef BASE_IDNA_H
#define BASE_IDNA_H

#include "base/fault.h"
#include "base/str.h"

enum { IDNA_MAX = 255 };

/*
 * Writes a domain as DNS and hosts without SMTPUTF8 know it: labels that are
 * not ASCII as A-labels (RFC 5891 section 5), after the mapping of RFC 5895
 * (lower case, widths, NFC, other full stops); everything else, "[literal]"
 * too, as it is.  Returns -1 with EX_DATAERR for what is no UTF-8, or has a
 * label that cannot be (a character that IDNA does not allow, too long).
 */
int idna_ascii(struct str domain, char ascii[IDNA_MAX + 1], struct fault *);

#endif

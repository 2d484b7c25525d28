/* SPDX-License-Identifier: ISC */
#ifndef BASE_SEEK_H
#define BASE_SEEK_H

#include "base/str.h"

/*
 * Octets before the first one of a kind, or all of them.  Parsers pass over
 * what means nothing to them with these, sixteen octets at a time.
 */
size_t seek_lf(struct str);
size_t seek_quote(struct str);		/* double quote or backslash */
size_t seek_control(struct str);	/* of ASCII: below 32, or 127 */

#endif

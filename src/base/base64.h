/* SPDX-License-Identifier: ISC */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/* Appends the base64 form, with padding and without line ends (RFC 4648). */
int base64_encode(struct buf *, struct str);

/*
 * Appends the decoded octets.  Strict: alphabet, padding and length must be
 * right and no other octet may stand in between.  Returns 0, or -1 with what
 * was appended taken back.
 */
int base64_decode(struct buf *, struct str);

#endif

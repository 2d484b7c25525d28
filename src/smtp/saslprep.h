/* SPDX-License-Identifier: ISC */
#ifndef SMTP_SASLPREP_H
#define SMTP_SASLPREP_H

#include "base/buf.h"
#include "base/fault.h"

/*
 * Appends the prepared form of a user name or password (RFC 4013, without its
 * normalisation step).  Returns -1 with EX_CONFIG and a text that goes behind
 * "the password " for what is not UTF-8, holds a control character, or has
 * nothing left.
 */
int saslprep(struct buf *out, struct str, struct fault *);

#endif

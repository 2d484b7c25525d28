/* SPDX-License-Identifier: ISC */
#ifndef SMTP_AUTHENTICATE_H
#define SMTP_AUTHENTICATE_H

#include "smtp/session.h"

/*
 * Authenticates when the relay's settings hold credentials (RFC 4954); does
 * nothing otherwise.  Returns -1 with EX_NOPERM when the relay refuses them
 * or offers no mechanism that may be used, EX_UNAVAILABLE for a temporary
 * failure, EX_PROTOCOL for a server that breaks the rules.
 */
int authenticate(struct session *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_AUTHENTICATE_H
#define SMTP_AUTHENTICATE_H

#include "smtp/session.h"

/*
 * Authenticates when the relay's settings hold credentials (RFC 4954); does
 * nothing otherwise.  Returns -1 with EX_NOPERM when the relay refuses them
 * or offers no mechanism that may be used, EX_UNAVAILABLE for a temporary
 * failure, EX_PROTOCOL for a server that breaks the rules.
 *
 * When one mail is all that follows, AUTH PLAIN is only queued, to leave with
 * it (s->unproven).  That takes PIPELINING and a relay whose certificate was
 * verified.
 */
int authenticate(struct session *, struct fault *);

/*
 * Reads the reply to an AUTH that was queued; patient: it may take as long as
 * the reply to a message.  Returns -1 as authenticate() does.  s->alone is set
 * for a relay that seems not to understand, which is then to be asked again on
 * a new connection; EX_NOPERM is final.
 */
int authenticate_settle(struct session *, bool patient, struct fault *);

/*
 * After the next reply: -1 when it shows that the relay has thrown away what
 * came together with AUTH, which sets s->alone, too.
 */
int authenticate_heeded(struct session *, struct fault *);

#endif

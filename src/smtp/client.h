/* SPDX-License-Identifier: ISC */
#ifndef SMTP_CLIENT_H
#define SMTP_CLIENT_H

#include "smtp/session.h"

/*
 * Makes a session on a connected socket ready for transactions: greeting,
 * EHLO (or HELO), STARTTLS, EHLO again, AUTH, as the relay's settings say
 * (RFC 5321 section 3.1, 3207, 4954).  The caller has filled in relay,
 * hostname, limit, trace and peer, and owns the session in any case.
 * The socket is taken over.  Returns -1 with EX_UNAVAILABLE (another relay
 * may do better), EX_PROTOCOL, EX_NOPERM (authentication) or EX_CONFIG.
 */
int client_open(struct session *, int fd, struct fault *);

/* Says QUIT where that is still possible, closes, wipes, frees. */
void client_close(struct session *);

#endif

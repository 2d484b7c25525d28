/* SPDX-License-Identifier: ISC */
#ifndef SMTP_SASL_H
#define SMTP_SASL_H

#include "smtp/mechanism.h"

enum { SASL_MAX = 64 * 1024 };

/* One authentication under way. */
struct sasl {
	const struct sasl_mechanism *mechanism;
	const struct sasl_credentials *credentials;
	int		 step;
	bool		 unseen;	/* SCRAM: see struct scram */
	bool		 done;		/* nothing is left to ask: a success
					   reply is acceptable */
	struct buf	 scratch;	/* mechanism's own, wiped */
};

/*
 * Chooses the mechanism, as mechanism_choose() says, in this order: EXTERNAL
 * (no secret, certificate), OAUTHBEARER and XOAUTH2 (only when allowed names
 * them), PLAIN, LOGIN, SCRAM-SHA-256-PLUS, SCRAM-SHA-256, SCRAM-SHA-1-PLUS,
 * SCRAM-SHA-1, CRAM-MD5.  Returns -1 with EX_NOPERM.  The texts of all faults
 * here are reasons that lack their object, the relay.
 */
int sasl_start(struct sasl *, struct str offered, const char *allowed,
    const struct sasl_credentials *, struct fault *);

/* Its name as in AUTH, and whether it starts with a response of the client. */
const char *sasl_name(const struct sasl *);
bool sasl_initial(const struct sasl *);

/*
 * The next response, not base64-encoded and perhaps empty, is appended to
 * out.  challenge is the server's, decoded; empty for the initial response.
 * Returns -1 with EX_NOPERM or EX_PROTOCOL when the server must not be trusted
 * (a SCRAM server that proves nothing, a reused nonce, an iteration count out
 * of bounds), EX_CONFIG when user or secret cannot be used, EX_OSERR: the
 * exchange must then be cancelled with "*".
 */
int sasl_step(struct sasl *, struct str challenge, struct buf *out,
    struct fault *);

/*
 * To be called when the server says 235: -1 when the mechanism has not yet
 * seen what it must (SCRAM: the server's signature).
 */
int sasl_finish(struct sasl *, struct fault *);

/*
 * To be called when the server refuses, with that fault: adds to its text what
 * the server said about it inside the exchange, if anything (OAuth).
 */
void sasl_explain(const struct sasl *, struct fault *);

/* Wipes and frees. */
void sasl_free(struct sasl *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_SASL_H
#define SMTP_SASL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"

enum { SASL_MAX = 64 * 1024 };

/* What a mechanism may use; all views are the caller's. */
struct sasl_credentials {
	const char	*user;		/* NULL: none */
	struct str	 secret;	/* password or token; n == 0: none */
	const char	*host;		/* the relay as configured */
	uint16_t	 port;
	const char	*binding_type;	/* channel binding; NULL: none */
	struct str	 binding;
	bool		 certificate;	/* a client certificate is in use */
	bool		 clear_text;	/* may send the secret itself: trusted
					   channel, or so configured */
	bool		 overheard;	/* by whom it is not meant for: sends
					   the secret only if nothing else will
					   do */
	const char	*nonce;		/* for tests; NULL: a random one */
};

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
 * Chooses the best mechanism that the server offers (blank separated, as in
 * its EHLO reply), the administrator allows (the same form; NULL: all) and
 * the credentials permit.  Over a trusted channel the order is: EXTERNAL (no
 * secret, certificate), OAUTHBEARER and XOAUTH2 (only when allowed names
 * them), PLAIN, LOGIN, SCRAM-SHA-256-PLUS, SCRAM-SHA-256, SCRAM-SHA-1-PLUS,
 * SCRAM-SHA-1, CRAM-MD5; otherwise SCRAM before CRAM-MD5 and last, if at all,
 * what sends the secret.  The administrator's order wins when allowed is given.
 * -1 with EX_NOPERM and a text listing what was offered and why none fits.
 * The texts of all faults here are reasons that lack their object, the relay.
 */
int sasl_start(struct sasl *, struct str offered, const char *allowed,
    const struct sasl_credentials *, struct fault *);

/* The mechanism's name as in the AUTH command. */
const char *sasl_name(const struct sasl *);

/* True when the mechanism starts with a response of the client. */
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

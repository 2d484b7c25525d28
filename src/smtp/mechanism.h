/* SPDX-License-Identifier: ISC */
#ifndef SMTP_MECHANISM_H
#define SMTP_MECHANISM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "smtp/hmac.h"

struct sasl;

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
	bool		 overheard;	/* by somebody: sends the secret only
					   if nothing else will do */
	const char	*nonce;		/* for tests; NULL: a random one */
};

/* What a mechanism needs, and does. */
enum {
	NEED_USER = 1 << 0, NEED_SECRET = 1 << 1, NEED_CERTIFICATE = 1 << 2,
	NEED_BINDING = 1 << 3,
	NEED_NAMING = 1 << 4,		/* in the administrator's list */
	SENDS_SECRET = 1 << 5, SERVER_FIRST = 1 << 6
};

struct sasl_mechanism {
	const char	*name;		/* as in AUTH */
	unsigned	 traits;
	const struct hash *hash;	/* SCRAM's */
	int		(*step)(struct sasl *, struct str, struct buf *,
			    struct fault *);	/* see sasl_step() */
};

/*
 * Of a list in the order of preference where nobody else listens, which ends
 * with one without a name: the best that the server offers (blank separated,
 * as in its EHLO reply), the administrator allows (the same form; NULL: all)
 * and the credentials permit.  Where the secret may be overheard, what sends
 * it comes last; the administrator's order wins when allowed is given.  NULL
 * with EX_NOPERM and a text listing what was offered and why none fits.
 */
const struct sasl_mechanism *mechanism_choose(const struct sasl_mechanism *,
    struct str offered, const char *allowed, const struct sasl_credentials *,
    struct fault *);

/* True when the server can do channel binding, in whatever mechanism. */
bool mechanism_binding(struct str offered);

#endif

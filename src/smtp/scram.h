/* SPDX-License-Identifier: ISC */
#ifndef SMTP_SCRAM_H
#define SMTP_SCRAM_H

#include "base/buf.h"
#include "base/fault.h"
#include "smtp/hmac.h"

/* One SCRAM exchange; the same values for each of its three steps. */
struct scram {
	const struct hash *hash;
	const char	*user;
	struct str	 password;
	const char	*nonce;		/* NULL: random; else for tests */
	const char	*binding_type;	/* NULL: no channel binding */
	struct str	 binding;
	bool		 unseen;	/* binding is to be had, but the server
					   did not offer it */
	struct buf	*state;		/* kept from step to step; wipe it */
};

/*
 * Appends the client's first message.  All three return -1 with a reason that
 * lacks its object: EX_CONFIG for a user name or password that cannot be
 * used, EX_PROTOCOL or EX_NOPERM for what the server said.
 */
int scram_first(const struct scram *, struct buf *out, struct fault *);

/* Checks the server's first message and appends the client's final one. */
int scram_final(const struct scram *, struct str challenge, struct buf *out,
    struct fault *);

/* Checks the server's final message: it must know the password as well. */
int scram_verify(const struct scram *, struct str challenge, struct fault *);

#endif

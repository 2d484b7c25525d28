/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_SIGNER_H
#define CONFIG_SIGNER_H

#include <bsd/sys/queue.h>

#include "base/buf.h"
#include "base/fault.h"

enum { SIGNER_DIGEST = 32, SIGNER_TEXT_MAX = 256 * 1024 };

struct signer_key;

/* A key that signs a domain's mail, RFC 6376 and 8463. */
struct signer {
	char		*domain, *selector;
	struct signer_key *key;
	STAILQ_ENTRY(signer) next;
};
STAILQ_HEAD(signers, signer);

/*
 * Opens the key files of a value of dkim-sign: DOMAIN SELECTOR FILE, again
 * and again, blank separated.  A file holds an RSA key of 1024 bits or more or
 * an Ed25519 key, PEM without a passphrase, or the 32 octets of an Ed25519
 * key in base64; nobody else may be able to read it.  Returns -1 with
 * EX_CONFIG, EX_NOPERM or EX_OSERR.
 */
int signers_load(struct signers *, struct str value, struct fault *);

/* Wipes the keys. */
void signers_free(struct signers *);

/* The algorithm by its name in a= (RFC 6376 section 3.3, RFC 8463). */
const char *signer_algorithm(const struct signer *);

/*
 * Appends the signature of a SHA-256 digest, in base64.  Returns -1 with
 * EX_SOFTWARE or EX_OSERR.
 */
int signer_sign(const struct signer *, const unsigned char
    digest[SIGNER_DIGEST], struct buf *, struct fault *);

/*
 * Appends what p= of the domain's DNS record must hold, in base64: RFC 6376
 * section 3.6.1, RFC 8463 section 4.2.  Returns -1 with EX_OSERR.
 */
int signer_public(const struct signer *, struct buf *, struct fault *);

#endif

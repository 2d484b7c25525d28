/* SPDX-License-Identifier: ISC */
/*
 * Our own certificate and key, as PEM files (RFC 7468).  A key with a
 * passphrase is of no use to a program that nobody watches, and not accepted.
 */
#include <mbedtls/psa_util.h>

#include "config/trust.h"
#include "net/credentials.h"
#include "net/own.h"

void
own_init(struct own *o)
{
	mbedtls_x509_crt_init(&o->chain);
	mbedtls_pk_init(&o->key);
}

void
own_free(struct own *o)
{
	mbedtls_x509_crt_free(&o->chain);
	mbedtls_pk_free(&o->key);
}

/* The file's text, from memory if it was kept. */
static int
get(const char *path, const struct buf *kept, bool secret, struct buf *pem,
    struct fault *f)
{
	if (kept == NULL || kept->n == 0)
		return trust_text(path, secret, pem, f);
	return buf_add(pem, kept->p, kept->n) == 0 ? 0 :
	    fault(f, EX_OSERR, "out of memory");
}

static int
load_chain(struct own *o, const struct tls_settings *s, struct buf *pem,
    struct fault *f)
{
	const struct credentials *c = s->credentials;

	if (get(s->cert, c == NULL ? NULL : &c->cert, false, pem, f) < 0)
		return -1;
	if (mbedtls_x509_crt_parse(&o->chain, (const unsigned char *)pem->p,
	    pem->n) != 0)
		return fault(f, EX_CONFIG, "tls-cert %s: no certificate in PEM "
		    "form", s->cert);
	return 0;
}

static int
load_key(struct own *o, const struct tls_settings *s, struct buf *pem,
    struct fault *f)
{
	const struct credentials *c = s->credentials;
	const char *path = s->key != NULL ? s->key : s->cert;

	if (get(path, c == NULL ? NULL : &c->key, true, pem, f) < 0)
		return -1;
	if (mbedtls_pk_parse_key(&o->key, (const unsigned char *)pem->p,
	    pem->n, NULL, 0, mbedtls_psa_get_random,
	    MBEDTLS_PSA_RANDOM_STATE) != 0)
		return fault(f, EX_CONFIG, "tls-key %s: no RSA or EC key in "
		    "PEM form without a passphrase", path);
	return 0;
}

int
own_load(struct own *o, const struct tls_settings *s, struct fault *f)
{
	const struct credentials *c = s->credentials;
	struct buf pem;
	int done;

	if (c != NULL && c->no_own.code != 0) {
		*f = c->no_own;
		return -1;
	}
	buf_init(&pem, OWN_PEM_MAX);
	done = load_chain(o, s, &pem, f);
	buf_clear(&pem);
	if (done == 0)
		done = load_key(o, s, &pem, f);
	buf_free(&pem);
	if (done == 0 && mbedtls_pk_check_pair(&o->chain.pk, &o->key,
	    mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE) != 0)
		done = fault(f, EX_CONFIG, "tls-key %s: not the key of %s",
		    s->key != NULL ? s->key : s->cert, s->cert);
	return done;
}

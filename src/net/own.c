/* SPDX-License-Identifier: ISC */
/*
 * Our own certificate and key, as PEM files (RFC 7468).  A key with a
 * passphrase is of no use to a program that nobody watches, and not accepted.
 */
#include <unistd.h>

#include <mbedtls/psa_util.h>

#include "base/clock.h"
#include "config/trust.h"
#include "net/own.h"

enum { PEM_MAX = 256 * 1024 };

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

/* Reads a PEM file, with the NUL behind it that the library wants. */
static int
read_pem(const char *path, bool secret, struct buf *pem, struct fault *f)
{
	struct fault why;
	int fd = trust_open(path, TRUST_DATA, f), done = -1;

	if (fd < 0)
		goto out;
	if (secret && trust_private(fd, &why) < 0)
		(void)fault(f, EX_NOPERM, "%s: %s", path, why.text);
	else
		done = trust_read(fd, path, CLOCK_NEVER, pem, f);
	close(fd);
	if (done == 0 && buf_char(pem, '\0') < 0)
		done = fault(f, EX_CONFIG, "%s: too large", path);
out:
	if (done < 0 && f->code == EX_NOINPUT)
		f->code = EX_CONFIG;
	return done;
}

static int
load_chain(struct own *o, const char *path, struct buf *pem, struct fault *f)
{
	if (read_pem(path, false, pem, f) < 0)
		return -1;
	if (mbedtls_x509_crt_parse(&o->chain, (const unsigned char *)pem->p,
	    pem->n) != 0)
		return fault(f, EX_CONFIG, "tls-cert %s: no certificate in PEM "
		    "form", path);
	return 0;
}

static int
load_key(struct own *o, const char *path, struct buf *pem, struct fault *f)
{
	if (read_pem(path, true, pem, f) < 0)
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
	const char *key = s->key != NULL ? s->key : s->cert;
	struct buf pem;
	int done;

	buf_init(&pem, PEM_MAX);
	done = load_chain(o, s->cert, &pem, f);
	buf_clear(&pem);
	if (done == 0)
		done = load_key(o, key, &pem, f);
	buf_free(&pem);
	if (done == 0 && mbedtls_pk_check_pair(&o->chain.pk, &o->key,
	    mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE) != 0)
		done = fault(f, EX_CONFIG, "tls-key %s: not the key of %s", key,
		    s->cert);
	return done;
}

/* SPDX-License-Identifier: ISC */
/*
 * The private keys that sign mail: where they come from and what they make of
 * a digest.  RSASSA-PKCS1-v1_5 is Mbed TLS's (RFC 8017), Ed25519 libsodium's
 * (RFC 8032).  A PEM file is PKCS#8 or PKCS#1 for RSA (RFC 5958, 8017), PKCS#8
 * for Ed25519 (RFC 8410); this is the one place outside net that knows a
 * library for cryptography by name.
 */
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <mbedtls/asn1.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <sodium/crypto_sign_ed25519.h>

#include "base/base64.h"
#include "base/random.h"
#include "config/signer.h"
#include "config/trust.h"

enum { RSA_BITS_MIN = 1024, SEED = 32, POINT = 32, RANDOM_STEP = 256 };

struct signer_key {
	bool		 rsa;
	mbedtls_pk_context pk;
	unsigned char	 ed25519[64];	/* seed and public key */
};

/* The tag of an object identifier, and 1.3.101.112. */
static const unsigned char oid_ed25519[] = { 0x2b, 0x65, 0x70 };

static int
fill_random(void *unused, unsigned char *to, size_t n)
{
	(void)unused;
	for (size_t step; n > 0; to += step, n -= step) {
		step = n < RANDOM_STEP ? n : RANDOM_STEP;
		random_bytes(to, step);
	}
	return 0;
}

static bool
set_seed(struct signer_key *key, const unsigned char seed[SEED])
{
	unsigned char public[POINT];

	return crypto_sign_ed25519_seed_keypair(public, key->ed25519,
	    seed) == 0;
}

/* OneAsymmetricKey of an Ed25519 key, RFC 8410 section 7. */
static bool
parse_ed25519(struct signer_key *key, unsigned char *p, size_t n)
{
	const unsigned char *end = p + n;
	mbedtls_asn1_buf oid, parameters;
	int version;
	size_t length;

	if (mbedtls_asn1_get_tag(&p, end, &length,
	    MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) != 0)
		return false;
	end = p + length;
	if (mbedtls_asn1_get_int(&p, end, &version) != 0 ||
	    mbedtls_asn1_get_alg(&p, end, &oid, &parameters) != 0 ||
	    oid.len != sizeof(oid_ed25519) ||
	    memcmp(oid.p, oid_ed25519, oid.len) != 0)
		return false;
	if (mbedtls_asn1_get_tag(&p, end, &length,
	    MBEDTLS_ASN1_OCTET_STRING) != 0)
		return false;
	end = p + length;
	return mbedtls_asn1_get_tag(&p, end, &length,
	    MBEDTLS_ASN1_OCTET_STRING) == 0 && length == SEED &&
	    set_seed(key, p);
}

/* PEM that is no RSA key. */
static bool
read_pkcs8(struct signer_key *key, const struct buf *text)
{
	mbedtls_pem_context pem;
	size_t used, n;
	bool ok;

	mbedtls_pem_init(&pem);
	ok = mbedtls_pem_read_buffer(&pem, "-----BEGIN PRIVATE KEY-----",
	    "-----END PRIVATE KEY-----", (const unsigned char *)text->p, NULL,
	    0, &used) == 0;
	if (ok) {
		const unsigned char *der = mbedtls_pem_get_buffer(&pem, &n);

		ok = parse_ed25519(key, (unsigned char *)(uintptr_t)der, n);
	}
	mbedtls_pem_free(&pem);
	return ok;
}

/* The octets of an Ed25519 key and nothing else, as some programs keep it. */
static bool
read_bare(struct signer_key *key, const struct buf *text)
{
	struct str line = str_trim(str_of(text->p));
	struct buf seed;
	bool ok;

	buf_init(&seed, SEED);
	ok = base64_decode(&seed, line) == 0 && seed.n == SEED &&
	    set_seed(key, (const unsigned char *)seed.p);
	buf_free(&seed);
	return ok;
}

/* Text of a key file, with its NUL. */
static int
parse(struct signer_key *key, const char *path, const struct buf *text,
    struct fault *f)
{
	const mbedtls_pk_context *pk = &key->pk;

	key->rsa = mbedtls_pk_parse_key(&key->pk,
	    (const unsigned char *)text->p, text->n, NULL, 0, fill_random,
	    NULL) == 0;
	if (!key->rsa) {
		if (read_pkcs8(key, text) || read_bare(key, text))
			return 0;
		return fault(f, EX_CONFIG, "dkim-sign %s: no RSA or Ed25519 "
		    "key in PEM form without a passphrase", path);
	}
	if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_RSA)
		return fault(f, EX_CONFIG, "dkim-sign %s: neither an RSA nor "
		    "an Ed25519 key (RFC 6376, 8463)", path);
	if (mbedtls_pk_get_bitlen(pk) < RSA_BITS_MIN)
		return fault(f, EX_CONFIG, "dkim-sign %s: RSA key of %zu bits, "
		    "%d are needed (RFC 8301)", path,
		    mbedtls_pk_get_bitlen(pk), RSA_BITS_MIN);
	return 0;
}

static void
signer_free(struct signer *s)
{
	if (s->key != NULL) {
		mbedtls_pk_free(&s->key->pk);
		freezero(s->key, sizeof(*s->key));
	}
	free(s->domain);
	free(s->selector);
	free(s);
}

static struct signer *
signer_new(struct str domain, struct str selector)
{
	struct signer *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->domain = strndup(domain.p, domain.n);
	s->selector = strndup(selector.p, selector.n);
	s->key = calloc(1, sizeof(*s->key));
	if (s->domain == NULL || s->selector == NULL || s->key == NULL) {
		signer_free(s);
		return NULL;
	}
	for (char *c = s->domain; *c != '\0'; c++)
		*c = ascii_lower(*c);
	mbedtls_pk_init(&s->key->pk);
	return s;
}

static int
load_file(struct signer *s, struct str file, struct fault *f)
{
	char *path = strndup(file.p, file.n);
	struct buf text;
	int status;

	if (path == NULL)
		return fault(f, EX_OSERR, "out of memory");
	buf_init(&text, SIGNER_TEXT_MAX);
	status = trust_text(path, true, &text, f);
	if (status == 0)
		status = parse(s->key, path, &text, f);
	else
		(void)fault(f, f->code, "dkim-sign %s", f->text);
	buf_free(&text);
	free(path);
	return status;
}

int
signers_load(struct signers *list, struct str value, struct fault *f)
{
	struct str domain, selector, file;

	while (str_word(&value, &domain) && str_word(&value, &selector) &&
	    str_word(&value, &file)) {
		struct signer *s = signer_new(domain, selector);

		if (s == NULL)
			return fault(f, EX_OSERR, "out of memory");
		STAILQ_INSERT_TAIL(list, s, next);
		if (load_file(s, file, f) != 0)
			return -1;
	}
	return 0;
}

void
signers_free(struct signers *list)
{
	struct signer *s;

	while ((s = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, next);
		signer_free(s);
	}
}

const char *
signer_algorithm(const struct signer *s)
{
	return s->key->rsa ? "rsa-sha256" : "ed25519-sha256";
}

static int
put_base64(struct buf *b, const unsigned char *octets, size_t n,
    struct fault *f)
{
	if (base64_encode(b, (struct str){ (const char *)octets, n }) != 0)
		return fault(f, EX_OSERR, "out of memory");
	return 0;
}

int
signer_sign(const struct signer *s, const unsigned char
    digest[SIGNER_DIGEST], struct buf *b, struct fault *f)
{
	unsigned char signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
	size_t n = crypto_sign_ed25519_BYTES;
	int error;

	if (s->key->rsa)
		error = mbedtls_pk_sign(&s->key->pk, MBEDTLS_MD_SHA256, digest,
		    SIGNER_DIGEST, signature, sizeof(signature), &n,
		    fill_random, NULL);
	else
		error = crypto_sign_ed25519_detached(signature, NULL, digest,
		    SIGNER_DIGEST, s->key->ed25519);
	if (error != 0)
		return fault(f, EX_SOFTWARE, "DKIM: signing for %s failed "
		    "(%d)", s->domain, error);
	return put_base64(b, signature, n, f);
}

int
signer_public(const struct signer *s, struct buf *b, struct fault *f)
{
	unsigned char der[2048], *p = der + sizeof(der);
	int n;

	if (!s->key->rsa)
		return put_base64(b, s->key->ed25519 + SEED, POINT, f);
	n = mbedtls_pk_write_pubkey_der(&s->key->pk, der, sizeof(der));
	if (n <= 0)
		return fault(f, EX_OSERR, "DKIM: no public key for %s",
		    s->domain);
	return put_base64(b, p - n, (size_t)n, f);
}

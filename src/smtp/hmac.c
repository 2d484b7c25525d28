/* SPDX-License-Identifier: ISC */
/*
 * Keyed hashing for SASL: HMAC (RFC 2104) and PBKDF2 (RFC 8018) over the hash
 * functions of libmd.  Knows no mechanism.  Everything derived from a key is
 * wiped before a function returns.
 */
#include <string.h>

#include "smtp/hmac.h"

enum { BLOCK = 64 };	/* of MD5, SHA-1 and SHA-256 alike */

/* A key as the hash states it leads to, so that it is hashed only once. */
struct keyed {
	const struct hash *hash;
	union hash_state inner, outer;
};

static void
md5_start(union hash_state *s)
{
	MD5Init(&s->md5);
}

static void
md5_add(union hash_state *s, const void *p, size_t n)
{
	MD5Update(&s->md5, p, n);
}

static void
md5_end(union hash_state *s, uint8_t *digest)
{
	MD5Final(digest, &s->md5);
}

static void
sha1_start(union hash_state *s)
{
	SHA1Init(&s->sha1);
}

static void
sha1_add(union hash_state *s, const void *p, size_t n)
{
	SHA1Update(&s->sha1, p, n);
}

static void
sha1_end(union hash_state *s, uint8_t *digest)
{
	SHA1Final(digest, &s->sha1);
}

static void
sha256_start(union hash_state *s)
{
	SHA256Init(&s->sha2);
}

static void
sha256_add(union hash_state *s, const void *p, size_t n)
{
	SHA256Update(&s->sha2, p, n);
}

static void
sha256_end(union hash_state *s, uint8_t *digest)
{
	SHA256Final(digest, &s->sha2);
}

const struct hash hash_md5 = {
	MD5_DIGEST_LENGTH, md5_start, md5_add, md5_end
};
const struct hash hash_sha1 = {
	SHA1_DIGEST_LENGTH, sha1_start, sha1_add, sha1_end
};
const struct hash hash_sha256 = {
	SHA256_DIGEST_LENGTH, sha256_start, sha256_add, sha256_end
};

void
hash_digest(const struct hash *hash, struct str data, uint8_t *digest)
{
	union hash_state state;

	hash->start(&state);
	hash->add(&state, data.p, data.n);
	hash->end(&state, digest);
	explicit_bzero(&state, sizeof(state));
}

bool
hash_equal(const struct hash *hash, const uint8_t *a, const uint8_t *b)
{
	unsigned differ = 0;

	for (size_t i = 0; i < hash->size; i++)
		differ |= (unsigned)(a[i] ^ b[i]);
	return differ == 0;
}

static void
set_key(struct keyed *k, const struct hash *hash, struct str key)
{
	uint8_t pad[BLOCK] = { 0 };

	if (key.n > sizeof(pad))
		hash_digest(hash, key, pad);
	else if (key.n > 0)
		memcpy(pad, key.p, key.n);
	k->hash = hash;
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36;
	hash->start(&k->inner);
	hash->add(&k->inner, pad, sizeof(pad));
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	hash->start(&k->outer);
	hash->add(&k->outer, pad, sizeof(pad));
	explicit_bzero(pad, sizeof(pad));
}

/* inner has been fed the data; it is used up. */
static void
finish(const struct keyed *k, union hash_state *inner, uint8_t *digest)
{
	union hash_state outer = k->outer;

	k->hash->end(inner, digest);
	k->hash->add(&outer, digest, k->hash->size);
	k->hash->end(&outer, digest);
	explicit_bzero(&outer, sizeof(outer));
	explicit_bzero(inner, sizeof(*inner));
}

void
hmac(const struct hash *hash, struct str key, struct str data,
    uint8_t *digest)
{
	struct keyed k;

	set_key(&k, hash, key);
	hash->add(&k.inner, data.p, data.n);
	finish(&k, &k.inner, digest);
	explicit_bzero(&k, sizeof(k));
}

void
hmac_pbkdf2(const struct hash *hash, struct str password, struct str salt,
    uint32_t iterations, uint8_t *key)
{
	static const uint8_t block_one[4] = { 0, 0, 0, 1 };
	union hash_state inner;
	uint8_t u[HASH_MAX];
	struct keyed k;

	set_key(&k, hash, password);
	inner = k.inner;
	hash->add(&inner, salt.p, salt.n);
	hash->add(&inner, block_one, sizeof(block_one));
	finish(&k, &inner, u);
	memcpy(key, u, hash->size);
	for (uint32_t i = 1; i < iterations; i++) {
		inner = k.inner;
		hash->add(&inner, u, hash->size);
		finish(&k, &inner, u);
		for (size_t j = 0; j < hash->size; j++)
			key[j] ^= u[j];
	}
	explicit_bzero(u, sizeof(u));
	explicit_bzero(&k, sizeof(k));
}

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_HMAC_H
#define SMTP_HMAC_H

#include <stdbool.h>
#include <stdint.h>
#include <md5.h>
#include <sha1.h>
#include <sha2.h>

#include "base/str.h"

enum { HASH_MAX = SHA256_DIGEST_LENGTH };

union hash_state {
	MD5_CTX		md5;
	SHA1_CTX	sha1;
	SHA2_CTX	sha2;
};

/* A hash function; digests are size octets, never more than HASH_MAX. */
struct hash {
	size_t	size;
	void	(*start)(union hash_state *);
	void	(*add)(union hash_state *, const void *, size_t);
	void	(*end)(union hash_state *, uint8_t *);
};

extern const struct hash hash_md5, hash_sha1, hash_sha256;

/* The digest of the data. */
void hash_digest(const struct hash *, struct str data, uint8_t *digest);

/* Compares digests in a time that does not depend on them. */
bool hash_equal(const struct hash *, const uint8_t *, const uint8_t *);

/* RFC 2104.  digest may be where the key is. */
void hmac(const struct hash *, struct str key, struct str data,
    uint8_t *digest);

/* PBKDF2 (RFC 8018 section 5.2): the first block of the key only. */
void hmac_pbkdf2(const struct hash *, struct str password, struct str salt,
    uint32_t iterations, uint8_t *key);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Reads "HASH KEY DATA" (HMAC) and "HASH PASSWORD SALT ITERATIONS" (PBKDF2)
 * in vis(3) form, blanks between, and prints each with the digest behind it.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smtp/hmac.h"
#include "lines.h"

static const struct hash *
hash_of(const char *name)
{
	if (strcmp(name, "md5") == 0)
		return &hash_md5;
	if (strcmp(name, "sha1") == 0)
		return &hash_sha1;
	if (strcmp(name, "sha256") == 0)
		return &hash_sha256;
	errx(1, "%s: unknown hash", name);
}

static void
compute(char *line)
{
	char *word[4] = { NULL };
	const struct hash *hash;
	uint8_t digest[HASH_MAX], other[HASH_MAX];

	for (int i = 0; i < 4; i++)
		word[i] = strsep(&line, " ");
	if (word[2] == NULL)
		errx(1, "too few words");
	hash = hash_of(word[0]);
	if (word[3] == NULL)
		hmac(hash, lines_decode(word[1]), lines_decode(word[2]), digest);
	else
		hmac_pbkdf2(hash, lines_decode(word[1]), lines_decode(word[2]),
		    (uint32_t)strtoul(word[3], NULL, 10), digest);
	for (size_t i = 0; i < hash->size; i++)
		printf("%02x", digest[i]);
	memcpy(other, digest, sizeof(other));
	for (size_t i = 0; i < hash->size; i++) {
		other[i] ^= 1;
		if (hash_equal(hash, digest, other))
			errx(1, "different digests compare equal");
		other[i] ^= 1;
	}
	if (!hash_equal(hash, digest, other))
		errx(1, "equal digests compare different");
	putchar('\n');
}

int
main(void)
{
	char *line;

	while ((line = lines_next_case()) != NULL)
		compute(line);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Reads "KEY NONCE AD TEXT" in hexadecimal, "-" for none, and prints each with
 * ciphertext and tag behind it.  Then texts of many lengths, and of a record's,
 * are encrypted by net/gcm.c and by Mbed TLS.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/gcm.h>

#include "lines.h"

enum { TAG = 16, ROOM = 16 * 1024 + 64, LENGTHS = 400 };

struct text {
	unsigned char	 p[ROOM];
	size_t		 n;
};

static void
decode(struct text *t, const char *hex)
{
	unsigned octet;

	t->n = 0;
	if (hex == NULL)
		errx(1, "too few words");
	for (; strcmp(hex, "-") != 0 && *hex != '\0'; hex += 2) {
		if (sscanf(hex, "%2x", &octet) != 1 || t->n == ROOM)
			errx(1, "%s: not hexadecimal", hex);
		t->p[t->n++] = (unsigned char)octet;
	}
}

static void
print(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02x", p[i]);
	puts(n == 0 ? "-" : "");
}

static void
open_key(mbedtls_gcm_context *gcm, const struct text *key)
{
	mbedtls_gcm_init(gcm);
	if (mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, key->p,
	    (unsigned)key->n * 8) != 0)
		errx(1, "not a key");
}

static void
show(char *line)
{
	static struct text key, nonce, ad, text;
	unsigned char tag[TAG];
	mbedtls_gcm_context gcm;

	decode(&key, strsep(&line, " "));
	decode(&nonce, strsep(&line, " "));
	decode(&ad, strsep(&line, " "));
	decode(&text, strsep(&line, " "));
	open_key(&gcm, &key);
	if (mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, text.n,
	    nonce.p, nonce.n, ad.p, ad.n, text.p, text.p, TAG, tag) != 0)
		errx(1, "not encrypted");
	print(text.p, text.n);
	print(tag, TAG);
	mbedtls_gcm_free(&gcm);
}

/* By functions that are Mbed TLS's own. */
static void
encrypt_elsewhere(mbedtls_gcm_context *gcm, const unsigned char *nonce,
    const struct text *ad, struct text *text, unsigned char *tag)
{
	size_t n, rest;

	if (mbedtls_gcm_starts(gcm, MBEDTLS_GCM_ENCRYPT, nonce, 12) != 0 ||
	    mbedtls_gcm_update_ad(gcm, ad->p, ad->n) != 0 ||
	    mbedtls_gcm_update(gcm, text->p, text->n, text->p, text->n,
	    &n) != 0 || mbedtls_gcm_finish(gcm, text->p + n, text->n - n,
	    &rest, tag, TAG) != 0)
		errx(1, "not encrypted by Mbed TLS");
}

/* Of this length; what lies behind the text must stay as it is. */
static void
compare(size_t bits, size_t length)
{
	static struct text key, ad, one, other;
	unsigned char nonce[12], tag[TAG], other_tag[TAG];
	mbedtls_gcm_context gcm;

	key.n = bits / 8;
	ad.n = length % 45;
	one.n = length;
	for (size_t i = 0; i < key.n; i++)
		key.p[i] = (unsigned char)random();
	for (size_t i = 0; i < ad.n; i++)
		ad.p[i] = (unsigned char)random();
	for (size_t i = 0; i < sizeof(nonce); i++)
		nonce[i] = (unsigned char)random();
	for (size_t i = 0; i < sizeof(one.p); i++)
		one.p[i] = (unsigned char)random();
	other = one;
	open_key(&gcm, &key);
	if (mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, length,
	    nonce, sizeof(nonce), ad.p, ad.n, one.p, one.p, TAG, tag) != 0)
		errx(1, "not encrypted");
	encrypt_elsewhere(&gcm, nonce, &ad, &other, other_tag);
	mbedtls_gcm_free(&gcm);
	if (memcmp(&one, &other, sizeof(one)) != 0 ||
	    memcmp(tag, other_tag, TAG) != 0)
		errx(1, "AES-%zu, %zu octets: not as Mbed TLS has it", bits,
		    length);
}

int
main(void)
{
	char *line;

	while ((line = lines_next_case()) != NULL)
		show(line);
	for (size_t bits = 128; bits <= 256; bits += 64) {
		for (size_t length = 0; length < LENGTHS; length++)
			compare(bits, length);
		for (size_t length = ROOM - 64; length < ROOM; length += 3)
			compare(bits, length);
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
/* Base64, RFC 4648 section 4, for SASL. */
#include <string.h>

#include "base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int
base64_encode(struct buf *b, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	char *at = buf_room(b, (s.n + 2) / 3 * 4);

	if (at == NULL)
		return -1;
	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		unsigned v = (unsigned)p[i] << 16;

		if (left > 1)
			v |= (unsigned)p[i + 1] << 8;
		if (left > 2)
			v |= p[i + 2];
		*at++ = alphabet[v >> 18];
		*at++ = alphabet[v >> 12 & 63];
		*at++ = left > 1 ? alphabet[v >> 6 & 63] : '=';
		*at++ = left > 2 ? alphabet[v & 63] : '=';
	}
	b->n += (s.n + 2) / 3 * 4;
	return 0;
}

/* The value of a base64 digit, or -1. */
static int
digit(char c)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	return at == NULL ? -1 : (int)(at - alphabet);
}

int
base64_decode(struct buf *b, struct str s)
{
	size_t start = b->n, pad = 0;
	unsigned v = 0;

	if (s.n % 4 != 0)
		return -1;
	while (pad < 2 && s.n > 0 && s.p[s.n - 1] == '=')
		pad++, s.n--;
	for (size_t i = 0; i < s.n; i++) {
		int d = digit(s.p[i]);

		if (d < 0)
			goto bad;
		v = v << 6 | (unsigned)d;
		if (i % 4 > 0)
			(void)buf_char(b, (char)(v >> (6 - i % 4 * 2) & 255));
	}
	/* The bits that padding leaves over must be zero (section 3.5). */
	if (b->failed || (pad > 0 && (v & (pad == 1 ? 3u : 15u)) != 0))
		goto bad;
	return 0;
bad:
	b->n = start;
	return -1;
}

/* SPDX-License-Identifier: ISC */
/* UTF-8 as RFC 3629 defines it: one form for each code point, no surrogates. */
#include <string.h>

#include "base/pages.h"
#include "base/utf8.h"

size_t
utf8_decode(struct str s, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 :
	    p[0] < 0xf0 ? 3 : p[0] < 0xf8 ? 4 : 0;

	if (n == 0 || n > s.n)
		return 0;
	*point = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (p[i] & 0x3f);
	}
	if (*point < least[n] || *point > 0x10ffff ||
	    (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return n;
}

size_t
utf8_encode(char out[4], uint32_t point)
{
	size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 :
	    point < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--, point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)(n == 1 ? point : (0xf00u >> n & 0xff) | point);
	return n;
}

static bool
part_valid(struct str s)
{
	uint64_t word;
	uint32_t point;

	for (size_t n; s.n > 0; s.p += n, s.n -= n) {
		n = sizeof(word);
		if (s.n >= n) {
			memcpy(&word, s.p, n);
			if ((word & 0x8080808080808080) == 0)
				continue;
		}
		if ((n = utf8_decode(s, &point)) == 0)
			return false;
	}
	return true;
}

bool
utf8_valid(struct str s)
{
	for (size_t n; s.n > 0; s.p += n, s.n -= n) {
		pages_passed(s.p);
		n = utf8_whole(s, PAGES_PART);
		if (!part_valid((struct str){ s.p, n }))
			return false;
	}
	return true;
}

size_t
utf8_whole(struct str s, size_t n)
{
	if (n >= s.n)
		return s.n;
	for (size_t i = n; i > 0 && n - i < 4; i--)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return i;
	return n;
}

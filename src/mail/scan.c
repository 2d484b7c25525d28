/* SPDX-License-Identifier: ISC */
/*
 * The inner loop of intake.  Sixteen octets at a time through the compiler's
 * vector types, which become SSE2, NEON or plain words as the machine has it.
 */
#include <stdint.h>
#include <string.h>

#include "mail/scan.h"

typedef signed char octets __attribute__((vector_size(16)));

/* True when a lane is set. */
static inline bool
any(octets v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return (half[0] | half[1]) != 0;
}

static inline bool
stops(char c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

size_t
scan_text(struct str s, bool *high)
{
	octets seen = { 0 };
	size_t i = 0;
	bool bits;

	for (; i + sizeof(octets) <= s.n; i += sizeof(octets)) {
		octets v;

		memcpy(&v, s.p + i, sizeof(v));
		if (any((octets)((v == '\n') | (v == '\r') | (v == 0))))
			break;
		seen |= v;
	}
	bits = any(seen & (signed char)-128);
	for (; i < s.n && !stops(s.p[i]); i++)
		bits |= (unsigned char)s.p[i] >= 128;
	if (bits)
		*high = true;
	return i;
}

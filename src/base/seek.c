/* SPDX-License-Identifier: ISC */
/*
 * One loop for every kind of octet, once for each in the program: the compiler
 * puts the test into it, for vectors and for the octets that are left.
 */
#include "base/lanes.h"
#include "base/seek.h"

static inline size_t
seek(struct str s, octets (*lanes)(octets), bool (*octet)(unsigned char))
{
	size_t i = 0;

	for (; i + sizeof(octets) <= s.n; i += sizeof(octets))
		if (lanes_any(lanes(lanes_load(s.p + i))))
			break;
	while (i < s.n && !octet((unsigned char)s.p[i]))
		i++;
	return i;
}

static inline octets
lf_lanes(octets v)
{
	return (octets)(v == '\n');
}

static inline bool
is_lf(unsigned char c)
{
	return c == '\n';
}

size_t
seek_lf(struct str s)
{
	return seek(s, lf_lanes, is_lf);
}

static inline octets
quote_lanes(octets v)
{
	return (octets)((v == '"') | (v == '\\'));
}

static inline bool
is_quote(unsigned char c)
{
	return c == '"' || c == '\\';
}

size_t
seek_quote(struct str s)
{
	return seek(s, quote_lanes, is_quote);
}

static inline octets
control_lanes(octets v)
{
	return (octets)((v < ' ') | (v == 127));
}

static inline bool
is_control(unsigned char c)
{
	return c < ' ' || c == 127;
}

size_t
seek_control(struct str s)
{
	return seek(s, control_lanes, is_control);
}

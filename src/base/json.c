/* SPDX-License-Identifier: ISC */
/*
 * Writing JSON, RFC 8259.  The text comes from relays, messages and callers,
 * so any octet can be in it; a reader that is strict must be able to read the
 * line all the same, and a terminal to show it.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"

/* Octets behind the first, and the bounds of the second (RFC 3629, 4). */
static const struct sequence {
	unsigned char	first, last;	/* values of the first octet */
	unsigned char	more;
	unsigned char	low, high;	/* values of the second */
} sequences[] = {
	{ 0x00, 0x7f, 0, 0x00, 0x00 },
	{ 0xc2, 0xdf, 1, 0x80, 0xbf },
	{ 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf },
	{ 0xed, 0xed, 2, 0x80, 0x9f },
	{ 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf },
	{ 0xf1, 0xf3, 3, 0x80, 0xbf },
	{ 0xf4, 0xf4, 3, 0x80, 0x8f },
};

/* The length of the UTF-8 sequence the text starts with; 0: it is none. */
static size_t
length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	const struct sequence *q = sequences, *end = q +
	    sizeof(sequences) / sizeof(sequences[0]);

	while (q < end && (p[0] < q->first || p[0] > q->last))
		q++;
	if (q == end || s.n <= q->more)
		return 0;
	if (q->more > 0 && (p[1] < q->low || p[1] > q->high))
		return 0;
	for (size_t i = 2; i <= q->more; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return q->more + (size_t)1;
}

/* One character; returns its length. */
static size_t
put_character(struct buf *b, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = length(s);

	if (n == 0) {
		(void)buf_puts(b, "\\ufffd");
		return 1;
	}
	if (p[0] == '"' || p[0] == '\\')
		(void)buf_fmt(b, "\\%c", p[0]);
	else if (p[0] < ' ' || p[0] == 0x7f)
		(void)buf_fmt(b, "\\u%04x", p[0]);
	else if (p[0] == 0xc2 && p[1] < 0xa0)
		(void)buf_fmt(b, "\\u%04x", p[1]);
	else
		(void)buf_add(b, p, n);
	return n;
}

static void
put_string(struct buf *b, struct str s)
{
	(void)buf_char(b, '"');
	while (s.n > 0) {
		size_t n = put_character(b, s);

		s.p += n;
		s.n -= n;
	}
	(void)buf_char(b, '"');
}

/* What stands before every value. */
static void
begin(struct buf *b, const char *name)
{
	char last = b->n == 0 ? '[' : b->p[b->n - 1];

	if (last != '{' && last != '[')
		(void)buf_char(b, ',');
	if (name == NULL)
		return;
	put_string(b, str_of(name));
	(void)buf_char(b, ':');
}

void
json_open(struct buf *b, const char *name, char bracket)
{
	begin(b, name);
	(void)buf_char(b, bracket);
}

void
json_close(struct buf *b, char bracket)
{
	(void)buf_char(b, bracket);
}

void
json_str(struct buf *b, const char *name, struct str s)
{
	begin(b, name);
	put_string(b, s);
}

void
json_text(struct buf *b, const char *name, const char *text)
{
	json_str(b, name, str_of(text));
}

void
json_number(struct buf *b, const char *name, int64_t number)
{
	begin(b, name);
	(void)buf_fmt(b, "%" PRId64, number);
}

void
json_bool(struct buf *b, const char *name, bool yes)
{
	begin(b, name);
	(void)buf_puts(b, yes ? "true" : "false");
}

void
json_seconds(struct buf *b, const char *name, int64_t ms)
{
	begin(b, name);
	(void)buf_fmt(b, "%s%" PRId64 ".%03d", ms < 0 ? "-" : "",
	    ms < 0 ? -(ms / 1000) : ms / 1000, abs((int)(ms % 1000)));
}

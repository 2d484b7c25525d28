/* SPDX-License-Identifier: ISC */
/*
 * Writing JSON, RFC 8259.  The text comes from relays, messages and callers,
 * so any octet can be in it; a reader that is strict must be able to read the
 * line all the same, and a terminal to show it.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"

/* One character; returns its length. */
static size_t
put_character(struct buf *b, struct str s)
{
	uint32_t point;
	size_t n = utf8_decode(s, &point);

	if (n == 0) {
		(void)buf_puts(b, "\\ufffd");
		return 1;
	}
	if (point == '"' || point == '\\')
		(void)buf_fmt(b, "\\%c", (char)point);
	else if (point < ' ' || (point >= 0x7f && point < 0xa0))
		(void)buf_fmt(b, "\\u%04" PRIx32, point);
	else
		(void)buf_add(b, s.p, n);
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

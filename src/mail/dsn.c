/* SPDX-License-Identifier: ISC */
/*
 * What a sender may say about delivery status notifications: the values of
 * NOTIFY, RET, ENVID and ORCPT, RFC 3461 section 4.
 */
#include "base/utf8.h"
#include "mail/dsn.h"

static const struct {
	unsigned	 bit;
	const char	*name;
} names[] = {
	{ DSN_NEVER, "NEVER" }, { DSN_SUCCESS, "SUCCESS" },
	{ DSN_FAILURE, "FAILURE" }, { DSN_DELAY, "DELAY" },
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static int
bad(struct str text, const char *known, struct fault *f)
{
	return fault(f, EX_USAGE, "\"%.*s\": must be %s (RFC 3461)",
	    text.n > 80 ? 80 : (int)text.n, text.n == 0 ? "" : text.p, known);
}

int
dsn_notify(struct str text, struct fault *f)
{
	struct str rest = text, word;
	unsigned bits = 0;

	while (str_cut(&rest, ',', &word)) {
		size_t i = 0;

		word = str_trim(word);
		while (i < NAMES && !str_ieq(word, str_of(names[i].name)))
			i++;
		if (i == NAMES)
			break;
		bits |= names[i].bit;
	}
	if (bits == 0 || rest.p != NULL ||
	    ((bits & DSN_NEVER) != 0 && bits != DSN_NEVER))
		return bad(text,
		    "never, or some of success,failure,delay", f);
	return (int)bits;
}

void
dsn_notify_format(struct buf *b, unsigned notify)
{
	const char *comma = "";

	for (size_t i = 0; i < NAMES; i++)
		if ((notify & names[i].bit) != 0) {
			(void)buf_fmt(b, "%s%s", comma, names[i].name);
			comma = ",";
		}
}

int
dsn_ret(struct str text, struct fault *f)
{
	text = str_trim(text);
	if (str_ieq(text, STR("full")))
		return DSN_RET_FULL;
	if (str_ieq(text, STR("hdrs")))
		return DSN_RET_HDRS;
	return bad(text, "full or hdrs", f);
}

void
dsn_xtext(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c < '!' || c > '~' || c == '+' || c == '=')
			(void)buf_fmt(b, "+%02X", (unsigned)(unsigned char)c);
		else
			(void)buf_char(b, c);
	}
}

/* The value of an upper case hexadecimal digit, or -1. */
static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
dsn_xtext_decode(struct buf *b, struct str xtext)
{
	for (size_t i = 0; i < xtext.n; i++) {
		struct str rest = { xtext.p + i, xtext.n - i };
		int c = (unsigned char)xtext.p[i];
		uint32_t point;
		size_t n;

		if (c >= 128) {
			if ((n = utf8_decode(rest, &point)) == 0)
				return -1;
			if (buf_fmt(b, "\\x{%X}", (unsigned)point) != 0)
				return -1;
			i += n - 1;
			continue;
		}
		if (c == '+') {
			if (xtext.n - i < 3 || digit(xtext.p[i + 1]) < 0 ||
			    digit(xtext.p[i + 2]) < 0)
				return -1;
			c = digit(xtext.p[i + 1]) * 16 + digit(xtext.p[i + 2]);
			i += 2;
		} else if (c == '=')
			return -1;
		if (c < ' ' || c > '~' || buf_char(b, (char)c) != 0)
			return -1;
	}
	return 0;
}

void
dsn_orcpt(struct buf *b, const char *address)
{
	struct str rest = str_of(address);
	bool high = str_has_8bit(rest);
	uint32_t point;

	(void)buf_puts(b, high ? "utf-8;" : "rfc822;");
	for (size_t n; rest.n > 0; rest.p += n, rest.n -= n) {
		n = utf8_decode(rest, &point);
		if (n == 0)
			break;
		if (n > 1 || (high && *rest.p == '\\'))
			(void)buf_fmt(b, "\\x{%X}", (unsigned)point);
		else
			(void)buf_char(b, *rest.p);
	}
}

bool
dsn_printable(struct str text, size_t max)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~')
			return false;
	return text.n <= max;
}

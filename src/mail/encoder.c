/* SPDX-License-Identifier: ISC */
/*
 * The transfer encodings of MIME, RFC 2045 sections 6.7 and 6.8, as filters
 * that remember little, so that text of any size goes through.  Two more mend
 * what claims to be encoded and is not quite: they change nothing that a
 * decoder sees.
 */
#include <string.h>

#include "mail/encoder.h"

enum { SOFT = ENCODER_LINE - 1 };	/* room for the "=" of a soft break */

/* Where the octets go; there is room for all that one call can make. */
struct sink {
	struct encoder	*e;
	char		*at;
};

void
encoder_start(struct encoder *e, enum encoder_code code)
{
	*e = (struct encoder){ .code = code };
}

uint64_t
encoder_base64_size(uint64_t n)
{
	uint64_t digits = (n + 2) / 3 * 4;

	return n == 0 ? 0 : digits + (digits - 1) / ENCODER_LINE * 2;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
hex(char c)
{
	return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' &&
	    ascii_lower(c) <= 'f');
}

static void
put(struct sink *s, const char *p, size_t n)
{
	memcpy(s->at, p, n);
	s->at += n;
	s->e->column += (unsigned)n;
}

static void
put_line_end(struct sink *s, bool broken)
{
	put(s, "\r\n", 2);
	s->e->column = s->e->from = 0;
	s->e->broken = broken;
}

/* A unit that must stay whole, with a soft break before it if need be. */
static void
put_unit(struct sink *s, const char *p, size_t n)
{
	if (s->e->column + n > SOFT) {
		put(s, "=", 1);
		put_line_end(s, true);
	}
	put(s, p, n);
}

static void
put_quoted(struct sink *s, char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const unsigned char octet = (unsigned char)c;
	const char unit[] = { '=', digits[octet >> 4], digits[octet & 15] };

	put_unit(s, unit, sizeof(unit));
}

/* Whether the octet must not stand as it is at the place it would get. */
static bool
is_risky(struct encoder *e, char c)
{
	static const char from[] = "From ";
	unsigned column = e->column < SOFT ? e->column : 0;

	if (column == 0) {
		e->from = c == 'F';
		return c == '.' || c == '-';
	}
	if (e->from != column || c != from[column])
		return false;
	e->from++;
	return c == ' ';
}

static void
put_plain(struct sink *s, char c)
{
	bool risky = is_risky(s->e, c);

	if (risky)
		put_quoted(s, c);
	else {
		unsigned from = s->e->from;

		put_unit(s, &c, 1);
		s->e->from = from;
	}
}

/* Blanks at the end of a line do not survive transport. */
static void
release(struct sink *s, bool at_end)
{
	struct encoder *e = s->e;

	if (e->n > 0) {
		e->n = 0;
		if (at_end)
			put_quoted(s, e->held[0]);
		else
			put_plain(s, e->held[0]);
	}
}

static void
quote(struct sink *s, char c)
{
	struct encoder *e = s->e;

	if (e->cr) {
		e->cr = false;
		release(s, c == '\n');
		if (c == '\n') {
			put_line_end(s, false);
			return;
		}
		put_quoted(s, '\r');
	}
	if (c == '\r') {
		e->cr = true;
		return;
	}
	release(s, false);
	if (blank(c))
		e->held[e->n++] = c;
	else if (c > ' ' && c <= '~' && c != '=')
		put_plain(s, c);
	else
		put_quoted(s, c);
}

static void
quote_end(struct sink *s)
{
	release(s, true);
	if (s->e->cr)
		put_quoted(s, '\r');
	s->e->cr = false;
}

static void
put_digits(struct sink *s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)s->e->held;
	unsigned n = s->e->n, v = (unsigned)p[0] << 16;
	char four[4];

	if (s->e->column == ENCODER_LINE)
		put_line_end(s, true);
	if (n > 1)
		v |= (unsigned)p[1] << 8;
	if (n > 2)
		v |= p[2];
	four[0] = digits[v >> 18];
	four[1] = digits[v >> 12 & 63];
	four[2] = n > 1 ? digits[v >> 6 & 63] : '=';
	four[3] = n > 2 ? digits[v & 63] : '=';
	put(s, four, 4);
	s->e->n = 0;
}

static void
pack(struct sink *s, char c)
{
	s->e->held[s->e->n++] = c;
	if (s->e->n == 3)
		put_digits(s);
}

static void
pack_end(struct sink *s)
{
	if (s->e->n > 0)
		put_digits(s);
}

/* What is quoted-printable already; an octet that is not gets quoted. */
static void
mend_octet(struct sink *s, char c)
{
	bool first = s->e->column >= SOFT ||
	    (s->e->column == 0 && s->e->broken);

	if ((unsigned char)c >= 128 || (first && c == '-'))
		put_quoted(s, c);
	else
		put_unit(s, &c, 1);
}

/*
 * Held back is an "=" with what followed it: a digit, or blanks that may be
 * padding behind a soft break.  Alone it stands for itself (section 6.7).
 */
static void
mend_loose(struct sink *s)
{
	struct encoder *e = s->e;
	unsigned n = e->n;

	e->n = 0;
	if (n > 0)
		put_quoted(s, '=');
	for (unsigned i = 1; i < n; i++)
		mend_octet(s, e->held[i]);
}

/* Goes on with a quoted octet or soft break; false: it is none. */
static bool
mend_held(struct sink *s, char c)
{
	struct encoder *e = s->e;
	bool digit = e->n > 1 && hex(e->held[1]);

	if (digit && hex(c)) {
		const char unit[] = { '=', e->held[1], c };

		e->n = 0;
		put_unit(s, unit, sizeof(unit));
		return true;
	}
	if (!digit && (blank(c) || (e->n == 1 && hex(c))) &&
	    e->n < ENCODER_HELD) {
		e->held[e->n++] = c;
		return true;
	}
	if (c == '\r' && !digit) {
		put(s, e->held, e->n);
		e->n = 0;
	}
	return false;
}

static void
mend_quoted(struct sink *s, char c)
{
	struct encoder *e = s->e;

	if (e->n > 0 && mend_held(s, c))
		return;
	mend_loose(s);
	if (c == '\n')
		put_line_end(s, false);
	else if (c == '=')
		e->held[e->n++] = c;
	else if (c != '\r')
		mend_octet(s, c);
}

/* An "=" at the very end may be a soft break, whose line end is not ours. */
static void
mend_quoted_end(struct sink *s)
{
	if (s->e->n > 1 && hex(s->e->held[1]))
		mend_loose(s);
	put(s, s->e->held, s->e->n);
	s->e->n = 0;
}

/* Octets outside of the alphabet are ignored by decoders (section 6.8). */
static void
mend_packed(struct sink *s, char c)
{
	const char lower = ascii_lower(c);

	if (c == '\n') {
		put_line_end(s, false);
		return;
	}
	if ((lower < 'a' || lower > 'z') && (c < '0' || c > '9') && c != '+' &&
	    c != '/' && c != '=')
		return;
	if (s->e->column == ENCODER_LINE)
		put_line_end(s, true);
	put(s, &c, 1);
}

static void
nothing(struct sink *s)
{
	(void)s;
}

static const struct {
	void	(*take)(struct sink *, char);
	void	(*end)(struct sink *);
} filters[] = {
	[ENCODER_QP] = { quote, quote_end },
	[ENCODER_BASE64] = { pack, pack_end },
	[ENCODER_MEND_QP] = { mend_quoted, mend_quoted_end },
	[ENCODER_MEND_BASE64] = { mend_packed, nothing },
};

int
encoder_take(struct encoder *e, struct str text, bool last, struct buf *b)
{
	struct sink s = { .e = e };
	const char *start;

	if (e->code == ENCODER_NONE)
		return buf_str(b, text);
	s.at = buf_room(b, ENCODER_GROWTH(text.n));
	if (s.at == NULL)
		return -1;
	start = s.at;
	for (size_t i = 0; i < text.n; i++)
		filters[e->code].take(&s, text.p[i]);
	if (last)
		filters[e->code].end(&s);
	b->n += (size_t)(s.at - start);
	return 0;
}

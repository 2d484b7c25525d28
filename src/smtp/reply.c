/* SPDX-License-Identifier: ISC */
/*
 * The replies of an SMTP server, RFC 5321 section 4.2, and the enhanced status
 * code at the start of their text, RFC 2034 and 3463.  Knows nothing of
 * sessions: what a code means is for the caller to say.  The text is kept as
 * it came, control bytes included; only reply_format() makes it printable.
 */
#include <string.h>

#include "smtp/reply.h"

enum { LINES_MAX = 512 };

void
reply_init(struct reply *r)
{
	*r = (struct reply){ 0 };
	buf_init(&r->text, REPLY_TEXT_MAX);
}

void
reply_free(struct reply *r)
{
	buf_free(&r->text);
	reply_init(r);
}

void
reply_clear(struct reply *r)
{
	r->code = 0;
	r->dsn[0] = '\0';
	r->lines = 0;
	buf_clear(&r->text);
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The code a line starts with, or 0 when it is no reply line. */
static int
code_of(struct str line)
{
	if (line.n < 3 || line.p[0] < '2' || line.p[0] > '5' ||
	    !digit(line.p[1]) || !digit(line.p[2]))
		return 0;
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-')
		return 0;
	return (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 +
	    line.p[2] - '0';
}

/*
 * The length of the enhanced status code a text starts with, or 0: a class
 * equal to the reply's (RFC 2034 section 4), then two numbers of one to three
 * digits.
 */
static size_t
dsn_length(struct str text, int class)
{
	size_t i = 1;

	if (class == 3 || text.n == 0 || text.p[0] != '0' + class)
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;

		if (i == text.n || text.p[i++] != '.')
			return 0;
		while (i < text.n && digit(text.p[i]))
			digits++, i++;
		if (digits < 1 || digits > 3)
			return 0;
	}
	return i == text.n || text.p[i] == ' ' ? i : 0;
}

int
reply_line(struct reply *r, struct str line, struct fault *f)
{
	int code = code_of(line), shown = line.n < 80 ? (int)line.n : 80;
	struct str text = STR("");
	size_t n;

	if (code == 0 || line.n > REPLY_LINE_MAX)
		return fault(f, EX_PROTOCOL, "\"%.*s\" is no reply (RFC 5321 "
		    "section 4.2)", shown, line.n > 0 ? line.p : "");
	if (r->lines > 0 && code != r->code)
		return fault(f, EX_PROTOCOL, "reply changes its code from %d "
		    "to %d (RFC 5321 section 4.2.1)", r->code, code);
	if (line.n > 4)
		text = (struct str){ line.p + 4, line.n - 4 };
	if (r->lines++ == 0) {
		r->code = code;
		n = dsn_length(text, code / 100);
		if (n > 0)
			memcpy(r->dsn, text.p, n);
		r->dsn[n] = '\0';
	} else
		(void)buf_char(&r->text, '\n');
	(void)buf_str(&r->text, text);
	if (r->text.failed || r->lines > LINES_MAX)
		return fault(f, EX_PROTOCOL, "reply %d is longer than %d lines "
		    "or %d octets", code, LINES_MAX, REPLY_TEXT_MAX);
	return line.n > 3 && line.p[3] == '-';
}

/* The text of a further line without the code that all lines repeat. */
static struct str
without_dsn(const struct reply *r, struct str text)
{
	size_t n = strlen(r->dsn);

	if (n > 0 && text.n >= n && memcmp(text.p, r->dsn, n) == 0 &&
	    (text.n == n || text.p[n] == ' ')) {
		text.p += n;
		text.n -= n;
	}
	return str_trim(text);
}

void
reply_format(const struct reply *r, char *dst, size_t size)
{
	struct str rest = buf_view(&r->text), line;
	struct buf joined;
	bool first = true;

	/* More than this cannot be shown: escaping makes nothing shorter. */
	buf_init(&joined, size + REPLY_LINE_MAX);
	if (r->code != 0)
		(void)buf_fmt(&joined, "%d", r->code);
	while (joined.n < size && str_cut(&rest, '\n', &line)) {
		line = first ? str_trim(line) : without_dsn(r, line);
		first = false;
		if (line.n > 0) {
			(void)buf_char(&joined, ' ');
			(void)buf_str(&joined, line);
		}
	}
	str_escape(dst, size, buf_view(&joined));
	buf_free(&joined);
}

const char *
reply_dsn(const struct reply *r)
{
	if (r->dsn[0] != '\0')
		return r->dsn;
	switch (r->code / 100) {
	case 2:
		return "2.0.0";
	case 4:
		return "4.0.0";
	case 5:
		return "5.0.0";
	default:
		return "4.5.0";	/* RFC 3463: undefined protocol status */
	}
}

int
reply_refusal(const struct reply *r, int permanent)
{
	if (r->code / 100 != 5)
		return EX_UNAVAILABLE;
	/* "Authentication required" may answer any command (RFC 4954). */
	return r->code == 530 || r->code == 535 ? EX_NOPERM : permanent;
}

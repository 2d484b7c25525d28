/* SPDX-License-Identifier: ISC */
/* Parameters of MIME fields (RFC 2045 section 5.1) as RFC 2231 extends them. */
#include <string.h>

#include "base/utf8.h"
#include "mail/element.h"
#include "mail/encoded.h"
#include "mail/parameter.h"

/* Octets of a value in one piece; a line has room for them and the name. */
enum { PIECE_MAX = 56, NAME_MAX = 64 };

static struct str
view(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

/* RFC 2231 section 7: attribute-char. */
static bool
plain(char c)
{
	return c > ' ' && c <= '~' && strchr("()<>@,;:\\\"/[]?=*'%", c) == NULL;
}

/* The end of what starts at p: the next ";" that is not hidden. */
static const char *
segment_end(const char *p, const char *end)
{
	bool quoted = false;

	while (p < end && (quoted || *p != ';')) {
		if (*p == '\\' && end - p > 1)
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == '(' && !quoted) {
			p = element_skip_cfws(p, end);
			continue;
		}
		p++;
	}
	return p;
}

/* The value that a token or a quoted string stands for. */
static void
add_value(struct buf *b, struct str s)
{
	bool quoted = s.n > 1 && s.p[0] == '"';

	if (quoted)
		s = (struct str){ s.p + 1, s.n - 2 };
	for (size_t i = 0; i < s.n; i++) {
		if (quoted && s.p[i] == '\\' && i + 1 < s.n)
			i++;
		if (s.p[i] != '\r' && s.p[i] != '\n')
			(void)buf_char(b, s.p[i]);
	}
}

/* Octets of a value, whole characters, whose form is at most PIECE_MAX long. */
static size_t
piece(struct str s, bool utf8)
{
	size_t n = 0, length = 0;

	while (n < s.n) {
		length += plain(s.p[n]) ? 1 : 3;
		if (length > PIECE_MAX)
			break;
		n++;
	}
	return utf8 ? utf8_whole(s, n) : n;
}

static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (plain(s.p[i]))
			(void)buf_char(b, s.p[i]);
		else
			(void)buf_fmt(b, "%%%02X", (unsigned char)s.p[i]);
	}
}

static void
put_value(struct buf *b, struct str name, struct str value)
{
	bool utf8 = utf8_valid(value);
	const char *charset = utf8 ? "utf-8" : "unknown-8bit";
	size_t n = piece(value, utf8);
	unsigned i = 0;

	if (n == value.n) {
		(void)buf_fmt(b, "%.*s*=%s''", STR_ARG(name), charset);
		put_escaped(b, value);
		return;
	}
	for (; value.n > 0; value.p += n, value.n -= n) {
		n = piece(value, utf8);
		(void)buf_fmt(b, "%s%.*s*%u*=%s%s", i == 0 ? "" : ";\r\n\t",
		    STR_ARG(name), i, i == 0 ? charset : "",
		    i == 0 ? "''" : "");
		put_escaped(b, (struct str){ value.p, n });
		i++;
	}
}

/* A name that says already how its value is written, or that it is a piece. */
static void
put_extended(struct buf *b, struct str name, struct str value)
{
	bool star = name.p[name.n - 1] == '*';
	bool first = !star && name.p[name.n - 1] == '0' &&
	    name.p[name.n - 2] == '*';

	(void)buf_fmt(b, "%.*s%s=%s", STR_ARG(name), star ? "" : "*",
	    !first ? "" : utf8_valid(value) ? "utf-8''" : "unknown-8bit''");
	for (size_t i = 0; i < value.n; i++) {
		struct str one = { value.p + i, 1 };

		if (star && (*one.p == '%' || *one.p == '\''))
			(void)buf_char(b, *one.p);
		else
			put_escaped(b, one);
	}
}

/* Appends "name=value", if it is that. */
static bool
put_parameter(struct buf *b, struct str s, bool utf8)
{
	const char *end = s.p + s.n, *p = element_skip_cfws(s.p, end);
	struct str name = { p, 0 }, value;
	struct buf meaning;

	while (p + name.n < end && (plain(p[name.n]) || p[name.n] == '*' ||
	    p[name.n] == '\''))
		name.n++;
	value.p = element_skip_cfws(p + name.n, end);
	if (name.n < 2 || name.n > NAME_MAX || value.p == end ||
	    *value.p != '=')
		return false;
	value.p = element_skip_cfws(value.p + 1, end);
	value = str_trim(view(value.p, end));
	if (value.n > 0 && value.p[0] == '"' &&
	    (value.n < 2 || value.p[value.n - 1] != '"'))
		return false;
	encoded_text(b, view(s.p, p), ENCODED_PHRASE, utf8);
	buf_init(&meaning, value.n + 1);
	add_value(&meaning, value);
	if (memchr(name.p, '*', name.n) != NULL && name.p[0] != '*')
		put_extended(b, name, buf_view(&meaning));
	else
		put_value(b, name, buf_view(&meaning));
	b->failed |= meaning.failed;
	buf_free(&meaning);
	return true;
}

static bool
needs(struct str s, bool utf8)
{
	struct str line, rest = s;
	size_t longest = 0;

	while (str_cut(&rest, '\n', &line))
		if (line.n > longest)
			longest = line.n;
	return longest > ENCODED_WORD_MAX || encoded_needed(s, utf8);
}

void
parameter_encode(struct buf *b, struct str body, bool utf8)
{
	const char *p = body.p, *end = body.p + body.n, *stop;

	for (; p < end; p = stop) {
		struct str s;

		stop = segment_end(p + (*p == ';'), end);
		s = view(p, stop);
		if (*p == ';') {
			(void)buf_char(b, ';');
			s = view(p + 1, stop);
		}
		if (!needs(s, utf8))
			(void)buf_str(b, s);
		else if (*p != ';' || !put_parameter(b, s, utf8))
			encoded_text(b, s, ENCODED_PHRASE, utf8);
	}
}

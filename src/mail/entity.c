/* SPDX-License-Identifier: ISC */
/*
 * What the header of an entity says of its body: RFC 2045 sections 5 and 6,
 * 2046 section 5, parameters in pieces as in RFC 2231.  What cannot be read
 * counts as text (RFC 2045 section 5.2).
 */
#include <string.h>

#include "mail/element.h"
#include "mail/entity.h"
#include "mail/header.h"

/* The text of a field as it is read. */
struct cursor {
	const char	*p, *end;
};

static void
skip(struct cursor *c)
{
	c->p = element_skip_cfws(c->p, c->end);
}

/* Takes octets up to a blank, a comment, or one of these. */
static struct str
word(struct cursor *c, const char *stops)
{
	struct str s = { c->p, 0 };

	while (c->p < c->end && *c->p > ' ' && *c->p != '(' &&
	    strchr(stops, *c->p) == NULL)
		c->p++;
	s.n = (size_t)(c->p - s.p);
	return s;
}

/*
 * A value, with its quotes taken off; unquoted it may have blanks in it, and a
 * comment behind them.
 */
static void
value(struct cursor *c, struct buf *b)
{
	struct str plain;

	if (c->p < c->end && *c->p == '"') {
		for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
			if (*c->p == '\\' && c->end - c->p > 1)
				c->p++;
			if (*c->p != '\r' && *c->p != '\n')
				(void)buf_char(b, *c->p);
		}
		return;
	}
	plain.p = c->p;
	while (c->p < c->end && *c->p != ';' && (*c->p != '(' ||
	    c->p == plain.p || (unsigned char)c->p[-1] > ' '))
		c->p++;
	plain.n = (size_t)(c->p - plain.p);
	(void)buf_str(b, str_trim(plain));
}

static int
digit(char c)
{
	const char lower = ascii_lower(c);

	if (c >= '0' && c <= '9')
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Takes charset'language' off, if it is there, and the %XX out. */
static void
decode(struct buf *b, size_t from, bool first)
{
	const char *p = b->p + from, *end = b->p + b->n;
	const char *quote = first ? memchr(p, '\'', (size_t)(end - p)) : NULL;
	char *at = b->p + from;

	if (quote != NULL)
		quote = memchr(quote + 1, '\'', (size_t)(end - quote - 1));
	if (quote != NULL)
		p = quote + 1;
	for (; p < end; p++) {
		if (*p == '%' && end - p > 2 && digit(p[1]) >= 0 &&
		    digit(p[2]) >= 0) {
			*at++ = (char)(digit(p[1]) * 16 + digit(p[2]));
			p += 2;
		} else
			*at++ = *p;
	}
	b->n = (size_t)(at - b->p);
}

/*
 * True when the name is boundary, boundary* or boundary*N*, N being the piece
 * that is due.
 */
static bool
is_boundary(struct str name, unsigned due, bool *extended, bool *piece)
{
	static const struct str plain = { "boundary", 8 };

	*extended = name.n > plain.n && name.p[name.n - 1] == '*';
	*piece = false;
	if (!str_istarts(name, plain))
		return false;
	name.p += plain.n;
	name.n -= plain.n + *extended;
	if (name.n == 0)
		return due == 0;
	*piece = name.n == 2 && name.p[0] == '*' &&
	    name.p[1] == (char)('0' + due);
	return *piece;
}

static void
read_boundary(struct cursor *c, struct buf *b)
{
	bool extended, piece = true;
	unsigned due = 0;

	while (c->p < c->end && piece) {
		struct str name;
		size_t before;

		while (c->p < c->end && *c->p != ';')
			c->p++;
		if (c->p < c->end)
			c->p++;
		skip(c);
		name = word(c, "=;");
		skip(c);
		if (c->p == c->end || *c->p != '=')
			continue;
		c->p++;
		skip(c);
		before = b->n;
		value(c, b);
		if (!is_boundary(name, due, &extended, &piece)) {
			b->n = before;
			piece = true;
			continue;
		}
		if (extended && !b->failed && b->n > before)
			decode(b, before, due == 0);
		due++;
	}
	while (b->n > 0 && (b->p[b->n - 1] == ' ' || b->p[b->n - 1] == '\t'))
		b->n--;
}

static const struct kind {
	const char	*type;		/* ends with "/": all of them */
	enum entity_kind kind;
} kinds[] = {
	{ "multipart/signed", ENTITY_SEALED },
	{ "multipart/encrypted", ENTITY_SEALED },
	{ "application/pkcs7-mime", ENTITY_SEALED },
	{ "application/x-pkcs7-mime", ENTITY_SEALED },
	{ "multipart/", ENTITY_MULTIPART },
	{ "message/rfc822", ENTITY_MESSAGE },
	{ "message/global", ENTITY_MESSAGE },
	{ "message/news", ENTITY_MESSAGE },
	{ "message/external-body", ENTITY_MESSAGE },
	{ "message/partial", ENTITY_FIXED },
	{ "message/", ENTITY_PROSE },
};

static void
read_type(struct entity *e, struct str body, struct buf *boundary)
{
	struct cursor c = { body.p, body.p + body.n };
	struct str type;

	e->typed = true;
	e->kind = ENTITY_LEAF;
	skip(&c);
	type = word(&c, ";");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct str known = str_of(kinds[i].type);
		bool all = known.p[known.n - 1] == '/';

		if (all ? !str_istarts(type, known) : !str_ieq(type, known))
			continue;
		e->kind = kinds[i].kind;
		e->why = known.p;
		break;
	}
	e->digest = str_ieq(type, STR("multipart/digest"));
	if (str_istarts(type, STR("multipart/")))
		read_boundary(&c, boundary);
	/* Nobody can find parts then. */
	if (e->kind == ENTITY_MULTIPART && boundary->n == 0)
		e->kind = ENTITY_LEAF;
}

static enum entity_label
read_label(struct str body)
{
	static const struct {
		const char	*name;
		enum entity_label label;
	} labels[] = {
		{ "7bit", LABEL_7BIT }, { "8bit", LABEL_8BIT },
		{ "binary", LABEL_BINARY }, { "base64", LABEL_BASE64 },
		{ "quoted-printable", LABEL_QP }, { "uuencode", LABEL_PRIVATE },
		{ "uue", LABEL_PRIVATE },
	};
	struct cursor c = { body.p, body.p + body.n };
	struct str name;

	skip(&c);
	name = word(&c, ";");
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (str_ieq(name, str_of(labels[i].name)))
			return labels[i].label;
	return str_istarts(name, STR("x-")) ? LABEL_PRIVATE : LABEL_WRONG;
}

void
entity_read(struct entity *e, struct str header, bool in_digest,
    struct buf *boundary)
{
	struct field field;

	e->kind = in_digest ? ENTITY_MESSAGE : ENTITY_LEAF;
	while (header_next(&header, &field)) {
		if (header_is(&field, "Content-Type") && !e->typed)
			read_type(e, field.body, boundary);
		else if (header_is(&field, "Content-Transfer-Encoding") &&
		    e->label == LABEL_NONE)
			e->label = read_label(field.body);
		else if (header_is(&field, "MIME-Version"))
			e->versioned = true;
	}
	/* Encoded as a whole, against RFC 2046 section 5.2.1. */
	if (e->kind == ENTITY_MESSAGE && (e->label == LABEL_QP ||
	    e->label == LABEL_BASE64 || e->label == LABEL_PRIVATE))
		e->kind = ENTITY_LEAF;
}

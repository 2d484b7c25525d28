/* SPDX-License-Identifier: ISC */
/*
 * Encoded words, RFC 2047: which words of a text need to be encoded, so that
 * the others stay as they are, and how.  White space between two encoded words
 * is not shown (section 6.2), so what stands between words that are encoded
 * becomes part of them.
 */
#include <string.h>

#include "base/base64.h"
#include "base/pages.h"
#include "base/utf8.h"
#include "mail/encoded.h"

/*
 * RFC 2047 section 2: of a word, and of a line with one; what stands around
 * charset and text; the least of text that is worth a word.
 */
enum { WORD_MAX = 75, LINE_MAX_OCTETS = 76, AROUND = 7, LEAST = 12 };

/* Goes through a text token by token. */
struct coder {
	struct buf	*out;
	struct str	 rest;
	enum encoded_place place;
	bool		 utf8;
	size_t		 depth;		/* of comments */
	struct buf	 run;		/* what is to be encoded, decoded */
	struct str	 gap;		/* blanks behind it, or behind the word
					   that went out last */
	bool		 after;		/* that was an encoded word */
};

enum kind { BLANK, SPECIAL, QUOTED, WORD };

struct token {
	enum kind	 kind;
	struct str	 text;
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What needs no encoding in any place: RFC 2047 section 5 (3). */
static bool
safe(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '!' || c == '*' || c == '+' ||
	    c == '-' || c == '/';
}

static size_t
q_length(struct str s)
{
	struct str part;
	size_t n = 0;

	while (pages_cut(&s, &part))
		for (size_t i = 0; i < part.n; i++)
			n += safe(part.p[i]) || part.p[i] == ' ' ? 1 : 3;
	return n;
}

static void
put_q(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *at = buf_room(b, 3 * s.n);

	if (at == NULL)
		return;
	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		if (safe(s.p[i]) || c == ' ') {
			*at++ = c == ' ' ? '_' : s.p[i];
			continue;
		}
		*at++ = '=';
		*at++ = hex[c >> 4];
		*at++ = hex[c & 15];
	}
	b->n = (size_t)(at - b->p);
}

/* Octets of s whose quoted-printable form is not longer than room. */
static size_t
q_fits(struct str s, size_t room)
{
	size_t n = 0, length = 0;

	while (n < s.n) {
		length += safe(s.p[n]) || s.p[n] == ' ' ? 1 : 3;
		if (length > room)
			break;
		n++;
	}
	return n;
}

/* How much of a word has room on the line that the buffer ends with. */
static size_t
room_left(const struct buf *b, size_t room)
{
	size_t column = 0;

	while (column < LINE_MAX_OCTETS && column < b->n &&
	    b->p[b->n - 1 - column] != '\n')
		column++;
	/* Where there is little, the line will end before the word. */
	if (column + WORD_MAX - room + LEAST > LINE_MAX_OCTETS)
		return room;
	column = LINE_MAX_OCTETS - (column + WORD_MAX - room);
	return column < room ? column : room;
}

void
encoded_words(struct buf *b, struct str s)
{
	bool utf8 = utf8_valid(s);
	bool q = q_length(s) <= (s.n + 2) / 3 * 4;
	const char *charset = utf8 ? "utf-8" : "unknown-8bit";
	const size_t most = WORD_MAX - strlen(charset) - AROUND;
	size_t room = room_left(b, most);

	for (size_t n; s.n > 0; s.p += n, s.n -= n, room = most) {
		pages_passed(s.p);
		n = q ? q_fits(s, room) : room / 4 * 3;
		n = utf8 ? utf8_whole(s, n) : n < s.n ? n : s.n;
		(void)buf_puts(b, "=?");
		(void)buf_puts(b, charset);
		(void)buf_puts(b, q ? "?Q?" : "?B?");
		if (q)
			put_q(b, (struct str){ s.p, n });
		else
			(void)base64_encode(b, (struct str){ s.p, n });
		(void)buf_puts(b, n < s.n ? "?=\r\n " : "?=");
	}
}

bool
encoded_needed(struct str s, bool utf8)
{
	return str_has_8bit(s) && !(utf8 && utf8_valid(s));
}

/* Octets of the token that starts with c, of which one is known. */
static size_t
token_length(const struct coder *c, const struct token *t)
{
	const char *stop = c->place == ENCODED_TEXT ? "" :
	    c->depth > 0 ? "()" : "()<>,;:\"@[]";
	size_t n = 1;

	if (t->kind == SPECIAL)
		return 1;
	if (t->kind == WORD && c->place == ENCODED_PHRASE &&
	    c->rest.p[0] == '\\' && c->rest.n > 1)
		n = 2;
	for (; n < c->rest.n; n++) {
		char ch = c->rest.p[n];

		if (t->kind == QUOTED && ch == '"')
			return n + 1;
		if (t->kind == BLANK ? !blank(ch) : t->kind == WORD &&
		    (blank(ch) || (ch != '\0' && strchr(stop, ch) != NULL)))
			return n;
		if (ch == '\\' && t->kind != BLANK &&
		    c->place == ENCODED_PHRASE && n + 1 < c->rest.n)
			n++;
	}
	return n;
}

static bool
next(struct coder *c, struct token *t)
{
	char ch;

	if (c->rest.n == 0)
		return false;
	pages_passed(c->rest.p);
	ch = c->rest.p[0];
	t->kind = blank(ch) ? BLANK : WORD;
	if (c->place == ENCODED_PHRASE && ch != '\0') {
		if (strchr(c->depth > 0 ? "()" : "()<>,;:@[]", ch) != NULL)
			t->kind = SPECIAL;
		else if (ch == '"' && c->depth == 0)
			t->kind = QUOTED;
	}
	t->text = (struct str){ c->rest.p, token_length(c, t) };
	c->rest.p += t->text.n;
	c->rest.n -= t->text.n;
	if (t->kind == SPECIAL && ch == '(')
		c->depth++;
	else if (t->kind == SPECIAL && ch == ')' && c->depth > 0)
		c->depth--;
	return true;
}

static bool
is_encoded_word(struct str s)
{
	return s.n > 6 && s.p[0] == '=' && s.p[1] == '?' &&
	    s.p[s.n - 1] == '=' && s.p[s.n - 2] == '?';
}

/* Blanks are meant, folds are not. */
static void
add_blanks(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' && s.p[i] != '\n')
			(void)buf_char(b, s.p[i]);
}

/* Adds to what is to be encoded what the token means. */
static void
add_meaning(struct coder *c, const struct token *t)
{
	struct str s = t->text;
	size_t n = 0;
	char *at;

	if (t->kind == QUOTED) {
		s = (struct str){ s.p + 1, s.n - 1 };
		if (s.n > 0 && s.p[s.n - 1] == '"')
			s.n--;
	}
	at = buf_room(&c->run, s.n);
	for (size_t i = 0; at != NULL && i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n &&
		    c->place == ENCODED_PHRASE)
			i++;
		if (s.p[i] != '\r' && s.p[i] != '\n')
			at[n++] = s.p[i];
	}
	c->run.n += n;
}

/*
 * Starts what is to be encoded.  An encoded word stands alone, but for the
 * brackets of a comment.
 */
static void
start(struct coder *c)
{
	char last;

	if (c->after)
		add_blanks(&c->run, c->gap);
	c->after = false;
	(void)buf_str(c->out, c->gap);
	last = c->out->n > 0 ? c->out->p[c->out->n - 1] : ' ';
	if (!blank(last) && !(c->depth > 0 && last == '('))
		(void)buf_char(c->out, ' ');
}

/* Lets out what is to be encoded, before the token if there is one. */
static void
flush(struct coder *c, const struct token *t)
{
	if (c->run.n > 0) {
		/* The gap would vanish between two encoded words. */
		if (t != NULL && t->kind == WORD && is_encoded_word(t->text)) {
			add_blanks(&c->run, c->gap);
			c->gap = STR(" ");
		}
		encoded_words(c->out, buf_view(&c->run));
		buf_clear(&c->run);
		if (c->gap.n == 0 && t != NULL &&
		    !(t->kind == SPECIAL && t->text.p[0] == ')'))
			c->gap = STR(" ");
	}
	(void)buf_str(c->out, c->gap);
	c->gap = (struct str){ NULL, 0 };
}

static bool
must(const struct coder *c, const struct token *t)
{
	return t->kind != SPECIAL && (t->text.n > ENCODED_WORD_MAX ||
	    encoded_needed(t->text, c->utf8));
}

/*
 * Blanks without end have no place to break the line either.  In text they
 * may be meant.
 */
static void
take_blanks(struct coder *c, struct str blanks)
{
	c->gap = blanks;
	if (blanks.n <= ENCODED_WORD_MAX)
		return;
	c->gap = STR(" ");
	if (c->place == ENCODED_PHRASE)
		return;
	if (c->run.n == 0) {
		start(c);
		blanks.n--;
	}
	add_blanks(&c->run, (struct str){ blanks.p, blanks.n - 1 });
}

static void
take(struct coder *c, const struct token *t)
{
	if (t->kind == BLANK) {
		take_blanks(c, t->text);
		return;
	}
	if (must(c, t)) {
		if (c->run.n == 0)
			start(c);
		else
			add_blanks(&c->run, c->gap);
		c->gap = (struct str){ NULL, 0 };
		add_meaning(c, t);
		return;
	}
	flush(c, t);
	(void)buf_str(c->out, t->text);
	c->after = t->kind == WORD && is_encoded_word(t->text);
}

void
encoded_text(struct buf *b, struct str text, enum encoded_place place,
    bool utf8)
{
	struct coder c = { .out = b, .rest = text, .place = place,
	    .utf8 = utf8 };
	struct token t;

	buf_init_paged(&c.run, text.n + 1, b->scratch);
	while (next(&c, &t))
		take(&c, &t);
	flush(&c, NULL);
	b->failed |= c.run.failed;
	buf_free(&c.run);
}

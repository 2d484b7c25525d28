/* SPDX-License-Identifier: ISC */
/* Where a line of the header may be broken, and where it is. */
#include <string.h>

#include "base/pages.h"
#include "mail/fold.h"

enum { WANTED = 76, LIMIT = 998 };

/* Where in a structured field we are. */
struct state {
	const char	*separators;	/* NULL: it has no structure */
	size_t		 depth;		/* of comments */
	bool		 quoted, angle, escaped;
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
step(struct state *s, char c)
{
	/* Letters, most of them. */
	if (s->separators == NULL || (c > '>' && c != '\\' && !s->escaped))
		return;
	if (s->escaped) {
		s->escaped = false;
		return;
	}
	s->escaped = c == '\\' && (s->quoted || s->depth > 0);
	if (c == '"' && s->depth == 0)
		s->quoted = !s->quoted;
	else if (s->quoted)
		return;
	else if (c == '(')
		s->depth++;
	else if (c == ')' && s->depth > 0)
		s->depth--;
	else if (s->depth == 0 && (c == '<' || c == '>'))
		s->angle = c == '<';
}

static bool
is_separator(const struct state *s, char c)
{
	const char *p = s->separators;

	while (p != NULL && *p != '\0')
		if (*p++ == c)
			return true;
	return false;
}

/* Whether a line may end before octet i of a line; the state is that there. */
static bool
may_break(const struct state *s, struct str line, size_t i, bool inside)
{
	if (s->escaped || i == 0)
		return false;
	if (blank(line.p[i]))
		return !blank(line.p[i - 1]);
	return !inside && is_separator(s, line.p[i - 1]);
}

/*
 * Where to break a line that is too long, in front of its last blanks; 0:
 * nowhere.  begin: octets of the field's name, behind which no line should
 * end.
 */
static size_t
find(struct state s, struct str line, size_t begin)
{
	size_t outer = 0, inner = 0;

	for (size_t i = 0; i < line.n && i <= LIMIT; i++) {
		bool inside = s.quoted || s.depth > 0 || s.angle;
		bool first = i <= begin + 1;
		size_t *best = inside || first ? &inner : &outer;

		if (i > WANTED && outer > 0)
			break;
		if (may_break(&s, line, i, inside) && (i <= WANTED ||
		    *best == 0 || (best == &inner && i > WANTED && first)))
			*best = i;
		step(&s, line.p[i]);
	}
	return outer > 0 ? outer : inner;
}

static bool
is_long(struct str line)
{
	return line.n > LIMIT || (line.n > WANTED &&
	    memmem(line.p, line.n, "=?", 2) != NULL);
}

/* Appends a line, without its CRLF, in as many as it takes. */
static int
put_line(struct buf *b, struct str line, struct state *s, size_t begin)
{
	bool breaks = is_long(line);
	size_t blanks = 0;

	while (blanks < line.n && blank(line.p[line.n - 1 - blanks]))
		blanks++;
	while (breaks && line.n > WANTED) {
		pages_passed(line.p);
		size_t n = find(*s, (struct str){ line.p, line.n - blanks },
		    begin);

		if (n == 0)
			break;
		for (size_t i = 0; i < n; i++)
			step(s, line.p[i]);
		(void)buf_add(b, line.p, n);
		(void)buf_puts(b, blank(line.p[n]) ? "\r\n" : "\r\n ");
		line = (struct str){ line.p + n, line.n - n };
		begin = 0;
	}
	for (size_t i = 0; i < line.n; i++)
		step(s, line.p[i]);
	(void)buf_str(b, line);
	return line.n > LIMIT ? -1 : 0;
}

int
fold_field(struct buf *b, struct str field, const char *separators)
{
	struct state s = { .separators = separators };
	const char *colon = field.n == 0 ? NULL :
	    memchr(field.p, ':', field.n);
	size_t begin = colon == NULL ? 0 : (size_t)(colon - field.p);
	struct str line;
	int status = 0;

	/* What is outside of the body has no quotes. */
	for (size_t n; status == 0 && field.n > 0; begin = 0) {
		n = pages_seek_lf(field);
		line = (struct str){ field.p, n };
		n += n < field.n;
		field.p += n;
		field.n -= n;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		status = put_line(b, line, &s, begin);
		(void)buf_puts(b, "\r\n");
	}
	return status;
}

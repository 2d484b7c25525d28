/* SPDX-License-Identifier: ISC */
/*
 * Cuts an address list into its elements (RFC 5322 sections 3.4 and 4.4), so
 * that one that is no address never takes the next one with it.  Knows groups
 * and everything that hides a separator, but not what an address is.  Lenient
 * where one reading is possible: ";" separates outside of groups too, and a
 * group need not end.  Every octet is looked at a fixed number of times,
 * however hostile the nesting.
 */
#include "base/pages.h"
#include "base/seek.h"
#include "mail/element.h"

static struct str
view(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* True when there are control characters other than tabs and folds. */
static bool
has_control(struct str s)
{
	for (size_t n; (n = seek_control(s)) < s.n; s.p += n, s.n -= n) {
		const char *p = s.p + n;
		const bool fold = *p == '\r' && s.n - n > 2 && p[1] == '\n' &&
		    (p[2] == ' ' || p[2] == '\t');

		if (!fold && *p != '\t')
			return true;
		n += fold ? 3 : 1;
	}
	return false;
}

/*
 * p stands on the start of a comment or a quoted string: what follows it, or
 * NULL when it does not end.
 */
static const char *
skip_quoted(const char *p, const char *end)
{
	const char opening = *p, closing = opening == '(' ? ')' : '"';
	size_t depth = 1;

	for (p++; p < end; p++) {
		if (opening == '"')
			p += seek_quote(view(p, end));
		if (p == end)
			break;
		if (*p == '\\' && end - p > 1)
			p++;
		else if (*p == closing && --depth == 0)
			return p + 1;
		else if (*p == '(' && opening == '(')
			depth++;
	}
	return NULL;
}

const char *
element_skip_cfws(const char *p, const char *end)
{
	while (p < end && (blank(*p) || *p == '(')) {
		if (blank(*p))
			p++;
		else if ((p = skip_quoted(p, end)) == NULL)
			return end;
	}
	return p;
}

/* Only the first reason counts: the others may follow from it. */
static void
blame(struct element *e, const char *why)
{
	if (e->why == NULL)
		e->why = why;
}

/* Whether the character means something between addresses. */
static bool
is_special(char c)
{
	switch (c) {
	case '"': case '(': case ',': case ':': case ';': case '<': case '>':
	case '@': case '[': case ']':
		return true;
	}
	return false;
}

/*
 * Notes a character that is outside of comments and quoted strings.  True
 * when it ends the element.
 */
static bool
note(struct element *e, const char *p)
{
	switch (*p) {
	case '<':
		if (e->open != NULL)
			blame(e, "a second \"<\"" ELEMENT_GRAMMAR);
		else
			e->open = p;
		e->angle = true;
		e->domain = false;
		break;
	case '>':
		if (!e->angle)
			blame(e, "\">\" without \"<\"" ELEMENT_GRAMMAR);
		e->close = p;
		e->angle = false;
		break;
	case '@':
		e->at = e->at || e->open == NULL;
		e->domain = true;
		break;
	case ':':
		/* It ends a route. */
		e->domain = false;
		break;
	case '[':
	case ']':
		e->literal = *p == '[';
		break;
	case ',':
	case ';':
		return !e->angle;
	}
	return false;
}

/*
 * A ":" ends the name of a group, unless none may start here: then the result
 * is false and the element no address.
 */
static bool
start_group(struct addr_list *list, struct element *e, struct str name)
{
	if (list->in_group)
		blame(e, "a group inside a group" ELEMENT_GRAMMAR);
	else if (e->open != NULL || e->at ||
	    (e->why == NULL && str_trim(name).n == 0))
		blame(e, "unexpected \":\"" ELEMENT_GRAMMAR);
	if (e->why != NULL)
		return false;
	list->in_group = true;
	*e = (struct element){ .why = NULL };
	return true;
}

void
element_next(struct addr_list *list, struct element *e)
{
	const char *const begin = list->rest.p;
	const char *const end = begin + list->rest.n;
	const char *p, *next, *start = begin;

	pages_passed(begin);
	*e = (struct element){ .why = NULL };
	for (p = begin; p < end; p = next) {
		next = p + 1;
		if (!is_special(*p))
			continue;
		if (*p == '"' || *p == '(')
			next = skip_quoted(p, end);
		if (next == NULL) {
			blame(e, *p == '"' ?
			    "a quote without its end" ELEMENT_GRAMMAR :
			    "a comment without its end" ELEMENT_GRAMMAR);
			next = end;
		} else if (*p == ':' && !e->angle && !e->literal) {
			if (start_group(list, e, view(start, p)))
				start = next;
		} else if (note(e, p)) {
			break;
		}
	}
	if (e->angle)
		blame(e, "\"<\" without \">\"" ELEMENT_GRAMMAR);
	e->text = str_trim(view(start, p));
	if (has_control(str_trim(view(begin, p)))) {
		blame(e, "a control character" ELEMENT_GRAMMAR);
		e->text = str_trim(view(begin, p));
	}
	if (p < end && *p++ == ';')
		list->in_group = false;
	list->rest = view(p, end);
}

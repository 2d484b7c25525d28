/* SPDX-License-Identifier: ISC */
/*
 * Shell patterns as in fnmatch(3), which is not used because its result
 * depends on the locale, and its time in some C libraries on bad luck.
 */
#include "base/glob.h"

static struct str
behind(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.n - n };
}

/* Length of the set at the start of the pattern, 0 when it has no end. */
static size_t
set_length(struct str s)
{
	size_t i = 1;

	if (i < s.n && (s.p[i] == '!' || s.p[i] == '^'))
		i++;
	/* A "]" right at the start is one of the set. */
	for (i++; i < s.n; i++)
		if (s.p[i] == ']')
			return i + 1;
	return 0;
}

/* Is c in the set? */
static bool
in_set(struct str set, char c)
{
	bool negated = set.p[1] == '!' || set.p[1] == '^', found = false;
	const char *p = set.p + 1 + negated, *end = set.p + set.n - 1;

	while (p < end) {
		char low = ascii_lower(*p), high = low;

		if (end - p > 2 && p[1] == '-') {
			high = ascii_lower(p[2]);
			p += 2;
		}
		p++;
		found = found || (c >= low && c <= high);
	}
	return found != negated;
}

/*
 * Octets of the pattern that match the text's first one; 0: they do not, or
 * there is none.
 */
static size_t
one(struct str pattern, struct str text)
{
	size_t n;
	char c;

	if (pattern.n == 0 || text.n == 0 || pattern.p[0] == '*')
		return 0;
	c = ascii_lower(text.p[0]);
	if (pattern.p[0] == '?')
		return 1;
	if (pattern.p[0] == '[' && (n = set_length(pattern)) > 0)
		return in_set((struct str){ pattern.p, n }, c) ? n : 0;
	n = pattern.p[0] == '\\' && pattern.n > 1;
	return ascii_lower(pattern.p[n]) == c ? n + 1 : 0;
}

bool
glob_match(struct str pattern, struct str text)
{
	struct str star = { NULL, 0 }, from = text;

	for (;;) {
		size_t n = one(pattern, text);

		if (n > 0) {
			pattern = behind(pattern, n);
			text = behind(text, 1);
		} else if (pattern.n > 0 && pattern.p[0] == '*') {
			pattern = star = behind(pattern, 1);
			from = text;
		} else if (pattern.n == 0 && text.n == 0) {
			return true;
		} else if (star.p != NULL && from.n > 0) {
			/* The last star takes one octet more. */
			from = text = behind(from, 1);
			pattern = star;
		} else {
			return false;
		}
	}
}

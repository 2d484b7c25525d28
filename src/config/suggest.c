/* SPDX-License-Identifier: ISC */
/* What a misspelt keyword was meant to be: the nearest one in letters. */
#include "config/keyword.h"

enum { NAME_MAX_SEEN = 32 };

static size_t
smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/*
 * How many letters must be put in, taken out, changed or swapped with their
 * neighbour to make one word of the other.
 */
static size_t
distance(struct str a, struct str b)
{
	size_t row[3][NAME_MAX_SEEN + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *now = row[i % 3], *last = row[(i + 2) % 3];
		const size_t *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			char c = ascii_lower(a.p[i - 1]), d = b.p[j - 1];

			now[j] = smallest(now[j - 1] + 1, last[j] + 1,
			    last[j - 1] + (c == d ? 0 : 1));
			if (i > 1 && j > 1 && c == b.p[j - 2] &&
			    ascii_lower(a.p[i - 2]) == d &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
	}
	return row[a.n % 3][b.n];
}

const char *
keyword_suggest(struct str name)
{
	const char *nearest = NULL;
	size_t least = name.n > 5 ? 3 : 2, d;

	if (name.n == 0 || name.n > NAME_MAX_SEEN)
		return NULL;
	for (const struct keyword *k = keywords; k->name != NULL; k++)
		if ((d = distance(name, str_of(k->name))) < least) {
			least = d;
			nearest = k->name;
		}
	return nearest;
}

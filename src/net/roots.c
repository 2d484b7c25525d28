/* SPDX-License-Identifier: ISC */
/*
 * The CA certificates that are part of the program, for roots and containers
 * without any.  They are found by halving, with no parsing: their subjects are
 * in order.  The order is src/deps/roots.sh's: by octets as roots_fold() has
 * them; a DER name is never the beginning of another.
 */
#include "net/roots.h"

/* Before, at or behind the subject of a root, as strcmp(3) tells it. */
static int
compare(struct str subject, const struct root *root)
{
	const unsigned char *b = roots_der + root->at + root->subject;

	for (size_t i = 0; i < subject.n && i < root->subject_size; i++) {
		int x = roots_fold((unsigned char)subject.p[i]);
		int y = roots_fold(b[i]);

		if (x != y)
			return x - y;
	}
	return (subject.n > root->subject_size) -
	    (subject.n < root->subject_size);
}

/* The first that does not come before the subject. */
static size_t
bound(struct str subject)
{
	size_t low = 0, high = roots_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare(subject, &roots_table[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
roots_find(struct str subject, size_t *at, struct buf *out)
{
	const size_t i = *at > 0 ? *at : bound(subject);
	const struct root *root = &roots_table[i];

	if (i >= roots_count || compare(subject, root) != 0 ||
	    buf_add(out, roots_der + root->at, root->size) < 0)
		return 0;
	*at = i + 1;
	return 1;
}

/* SPDX-License-Identifier: ISC */
/*
 * Words and quotes, the same in a line of the configuration and in the
 * command of a secret.  What a word means is not known here, nor that "#"
 * starts a comment.  Words may be secrets: no message shows one.
 */
#include "config/word.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

void
word_skip(struct str *rest)
{
	while (rest->n > 0 && blank(rest->p[0]))
		rest->p++, rest->n--;
}

static int
quoted(struct str *rest, struct buf *out, struct fault *f)
{
	size_t i = 1;

	while (i < rest->n && rest->p[i] != '"') {
		if (rest->p[i] == '\\' && i + 1 < rest->n &&
		    (rest->p[i + 1] == '"' || rest->p[i + 1] == '\\'))
			i++;
		(void)buf_char(out, rest->p[i++]);
	}
	if (i == rest->n)
		return fault(f, EX_CONFIG, "quote is not closed");
	rest->p += i + 1;
	rest->n -= i + 1;
	if (rest->n > 0 && !blank(rest->p[0]))
		return fault(f, EX_CONFIG,
		    "text right behind a closing quote (write \\\" for a quote "
		    "inside quotes)");
	return 0;
}

int
word_next(struct str *rest, struct buf *out, struct fault *f)
{
	size_t n = 0;

	if (rest->n > 0 && rest->p[0] == '"') {
		if (quoted(rest, out, f) == -1)
			return -1;
	} else {
		while (n < rest->n && !blank(rest->p[n]))
			n++;
		(void)buf_add(out, rest->p, n);
		rest->p += n;
		rest->n -= n;
	}
	if (out->failed)
		return fault(f, EX_OSERR, "out of memory");
	return 0;
}

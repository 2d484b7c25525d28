/* SPDX-License-Identifier: ISC */
/*
 * Reads lines "PATTERN TEXT" in vis(3) form, split at the first blank, and
 * prints whether they match.
 */
#include <err.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "lines.h"

/* In a block of its own size, for the sanitizer. */
static struct str
copy(struct str text)
{
	char *p = malloc(text.n);

	if (p == NULL && text.n > 0)
		err(1, NULL);
	if (text.n > 0)
		memcpy(p, text.p, text.n);
	return (struct str){ p, text.n };
}

int
main(void)
{
	char *line;

	while ((line = lines_read()) != NULL) {
		struct str pattern, text;
		char *blank;

		if (line[0] == '#' || (blank = strchr(line, ' ')) == NULL) {
			puts(line);
			continue;
		}
		printf("%s: ", line);
		*blank++ = '\0';
		pattern = copy(lines_decode(line));
		text = copy(lines_decode(blank));
		puts(glob_match(pattern, text) ? "yes" : "no");
		free((char *)(uintptr_t)pattern.p);
		free((char *)(uintptr_t)text.p);
	}
	return 0;
}

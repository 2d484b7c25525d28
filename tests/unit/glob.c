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
#include <bsd/vis.h>

#include "base/glob.h"

/* In a block of its own size, for the sanitizer. */
static struct str
copy(const char *text)
{
	size_t n = strlen(text);
	char *p = malloc(n);

	if (p == NULL && n > 0)
		err(1, NULL);
	if (n > 0)
		memcpy(p, text, n);
	return (struct str){ p, n };
}

int
main(void)
{
	size_t room = 0;
	char *line = NULL;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		struct str pattern, text;
		char *blank;

		line[n - 1] = '\0';
		if (line[0] == '#' || (blank = strchr(line, ' ')) == NULL) {
			puts(line);
			continue;
		}
		printf("%s: ", line);
		*blank++ = '\0';
		if (strunvis(line, line) == -1 || strunvis(blank, blank) == -1)
			errx(1, "bad escape");
		pattern = copy(line);
		text = copy(blank);
		puts(glob_match(pattern, text) ? "yes" : "no");
		free((char *)(uintptr_t)pattern.p);
		free((char *)(uintptr_t)text.p);
	}
	free(line);
	return 0;
}

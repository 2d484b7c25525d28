/* SPDX-License-Identifier: ISC */
/* Reads strings in vis(3) form and prints each with its prepared form. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <bsd/vis.h>

#include "smtp/saslprep.h"

int
main(void)
{
	char *line = NULL, text[1024];
	struct fault f = { 0 };
	struct buf out;
	size_t room = 0;
	ssize_t n;

	buf_init(&out, 1024);
	while ((n = getline(&line, &room, stdin)) > 0) {
		line[n - 1] = '\0';
		puts(line);
		if (line[0] == '#')
			continue;
		if ((n = strunvis(line, line)) == -1)
			errx(1, "%s: bad escape", line);
		buf_clear(&out);
		if (saslprep(&out, (struct str){ line, (size_t)n }, &f) == -1)
			printf("    (%d) %s\n", f.code, f.text);
		else {
			str_escape(text, sizeof(text), buf_view(&out));
			printf("    \"%s\"\n", text);
		}
	}
	buf_free(&out);
	free(line);
	return 0;
}

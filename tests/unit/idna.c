/* SPDX-License-Identifier: ISC */
/* Reads domains in vis(3) form and prints each with its ASCII form. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <bsd/vis.h>

#include "base/idna.h"

int
main(void)
{
	char *line = NULL, ascii[IDNA_MAX + 1];
	struct fault f = { 0 };
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		line[n - 1] = '\0';
		puts(line);
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if ((n = strunvis(line, line)) == -1)
			errx(1, "%s: bad escape", line);
		if (idna_ascii((struct str){ line, (size_t)n }, ascii,
		    &f) != 0)
			printf("    (%d) %s\n", f.code, f.text);
		else
			printf("    %s\n", ascii);
	}
	free(line);
	return 0;
}

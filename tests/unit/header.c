/* SPDX-License-Identifier: ISC */
/*
 * Reads lines "fields HEADER", "name LINE" and "has NAME HEADER" in vis(3)
 * form and prints the fields, the length of the name, or yes or no.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <bsd/vis.h>

#include "mail/header.h"

static void
show(const char *before, struct str s, const char *after)
{
	char text[256];

	str_escape(text, sizeof(text), s);
	printf("%s%s%s", before, text, after);
}

/* Every octet is in exactly one field. */
static void
show_fields(struct str header)
{
	const char *at = header.p;
	struct field field;

	while (header_next(&header, &field)) {
		if (field.raw.p != at || field.raw.n == 0)
			errx(1, "a field is not where it should be");
		at += field.raw.n;
		show("    {", field.name, "}");
		show(" {", field.body, "}");
		printf(" of %zu\n", field.raw.n);
	}
	if (header.n != 0 || header.p != at)
		errx(1, "octets are left");
}

static void
show_has(struct str text)
{
	struct str name;
	char *copy;

	(void)str_cut(&text, ' ', &name);
	if (asprintf(&copy, "%.*s", STR_ARG(name)) == -1)
		err(1, NULL);
	puts(header_has(text, copy) ? "    yes" : "    no");
	free(copy);
}

int
main(void)
{
	size_t room = 0;
	char *line = NULL;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		struct str text, verb;

		line[n - 1] = '\0';
		puts(line);
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if ((n = strunvis(line, line)) == -1)
			errx(1, "%s: bad escape", line);
		text = (struct str){ line, (size_t)n };
		(void)str_cut(&text, ' ', &verb);
		if (str_eq(verb, STR("fields")))
			show_fields(text);
		else if (str_eq(verb, STR("name")))
			printf("    %zu\n", header_name_length(text));
		else if (str_eq(verb, STR("has")))
			show_has(text);
		else
			errx(1, "%s: what?", line);
	}
	free(line);
	return 0;
}

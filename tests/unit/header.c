/* SPDX-License-Identifier: ISC */
/*
 * Reads lines "fields HEADER", "name LINE" and "has NAME HEADER" in vis(3)
 * form and prints the fields, the length of the name, or yes or no.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "mail/header.h"
#include "lines.h"

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
	char *line;

	while ((line = lines_next_case()) != NULL) {
		struct str text = lines_decode(line), verb;

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
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Reads lines "list TEXT", "single TEXT" and "domain TEXT", TEXT in vis(3)
 * form, and prints what the parser makes of them: each mailbox with its text,
 * its display name, and the text with "@*" where a domain would be added.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/addr.h"
#include "lines.h"

static void
show(const char *before, struct str s, const char *after)
{
	char text[1100];

	str_escape(text, sizeof(text), s);
	printf("%s%s%s", before, text, after);
}

static void
show_mailbox(const struct addr *a)
{
	show("    <", str_of(a->spec), a->empty ? "> empty" : ">");
	if (a->domain != NULL)
		show(" at ", str_of(a->domain), "");
	show(" in {", a->text, "}");
	if (a->phrase.n > 0)
		show(" named {", a->phrase, "}");
	if (a->end != NULL) {
		size_t n = (size_t)(a->end - a->text.p);

		show(" add {", (struct str){ a->text.p, n }, "@*");
		show("", (struct str){ a->end, a->text.n - n }, "}");
	}
	putchar('\n');
}

static void
show_fault(const struct addr *a, const struct fault *f)
{
	if (f->code != EX_DATAERR || a->spec[0] != '\0' || a->end != NULL)
		errx(1, "fault %d: \"%s\"", f->code, a->spec);
	show("    bad {", a->text, "}");
	printf(" %s\n", f->text);
}

static void
read_list(struct str text)
{
	struct fault f = { 0 };
	struct addr_list list;
	struct addr a;
	int found;

	addr_start(&list, text);
	while ((found = addr_next(&list, &a, &f)) != 0) {
		if (found == 1)
			show_mailbox(&a);
		else
			show_fault(&a, &f);
	}
	puts("    end");
}

static void
read_single(struct str text)
{
	struct fault f = { 0 };
	struct addr a;

	if (addr_single(text, &a, &f) == 0)
		show_mailbox(&a);
	else
		show_fault(&a, &f);
}

int
main(void)
{
	char *line;

	while ((line = lines_next_case()) != NULL) {
		struct str text = lines_decode(line), verb;

		(void)str_cut(&text, ' ', &verb);
		if (str_eq(verb, STR("list")))
			read_list(text);
		else if (str_eq(verb, STR("single")))
			read_single(text);
		else if (str_eq(verb, STR("domain")))
			puts(addr_domain_valid(text) ? "    good" : "    bad");
		else
			errx(1, "%s: what?", line);
	}
	return 0;
}

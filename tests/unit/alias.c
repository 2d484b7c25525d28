/* SPDX-License-Identifier: ISC */
/*
 * Reads files of aliases with "==" between them, and prints of each what is
 * wrong and what is in it.  Lines that start with these are not of the file:
 *
 *   ?NAME	asks what the name stands for
 *   !ADDRESS	the value of the keyword root
 *   %TEXT	a line of the file in vis(3) form
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/alias_walk.h"
#include "lines.h"

enum { QUESTIONS = 32 };

static struct aliases aliases;
static struct buf text;
static char *root, *question[QUESTIONS];
static size_t questions;

static void
answer(const char *name)
{
	struct alias_walk walk;
	struct addr addr;

	printf("  %s:", name);
	if (!alias_start(&walk, &aliases, name)) {
		printf(" itself\n");
		return;
	}
	while (alias_next(&walk, &addr) != 0)
		printf(" <%s>", addr.spec);
	if (walk.why.code != 0)
		printf(" [%d %s]", walk.why.code, walk.why.text);
	putchar('\n');
}

/* The text in a block of its own size, for the sanitizer. */
static void
evaluate(void)
{
	char *p = malloc(text.n);

	if (p == NULL && text.n > 0)
		err(1, NULL);
	if (text.n > 0)
		memcpy(p, text.p, text.n);
	aliases_init(&aliases, "aliases", true, root);
	aliases_parse(&aliases, (struct str){ p, text.n });
	free(p);
	printf("--\n  %u aliases, longest %zu, %zu total, %u problems\n",
	    aliases.count, aliases.longest, aliases.total,
	    aliases.problem_count);
	if (aliases.problems.n > 0)
		fwrite(aliases.problems.p, 1, aliases.problems.n, stdout);
	for (size_t i = 0; i < questions; i++) {
		answer(question[i]);
		free(question[i]);
	}
	printf("==\n");
	aliases_free(&aliases);
	buf_clear(&text);
	questions = 0;
	free(root);
	root = NULL;
}

static char *
copy(const char *s)
{
	char *p = strdup(s);

	if (p == NULL)
		err(1, NULL);
	return p;
}

int
main(void)
{
	char *line;

	buf_init(&text, 4 * 1024 * 1024);
	while ((line = lines_read()) != NULL) {
		if (strcmp(line, "==") == 0) {
			evaluate();
			continue;
		}
		if (text.n < 4096)
			puts(line);
		if (line[0] == '?') {
			if (questions == QUESTIONS)
				errx(1, "too many questions");
			question[questions++] = copy(line + 1);
		} else if (line[0] == '!') {
			free(root);
			root = copy(line + 1);
		} else {
			(void)buf_str(&text, line[0] == '%' ?
			    lines_decode(line + 1) : str_of(line));
			(void)buf_char(&text, '\n');
		}
	}
	evaluate();
	buf_free(&text);
	return 0;
}

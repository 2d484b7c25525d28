/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a command line: arguments, the program's name first, each ended
 * by a NUL.  What comes out is arguments or parts of them, no line break among
 * them; each recipient is one, in order; and no file is named but where the
 * whole command line says so.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARGUMENTS = 40 };

struct line {
	char	*text, *end;
	char	*argv[ARGUMENTS + 1];
	int	 argc;
};

static void
split(struct line *l, const uint8_t *data, size_t size)
{
	l->text = malloc(size + 1);
	assert(l->text != NULL);
	memcpy(l->text, data, size);
	l->text[size] = '\0';
	l->end = l->text + size + 1;
	l->argc = 0;
	for (char *p = l->text; p < l->end && l->argc < ARGUMENTS;
	    p += strlen(p) + 1)
		l->argv[l->argc++] = p;
	l->argv[l->argc] = NULL;
}

/* Part of an argument, and no line break in it; or text of the program's. */
static void
check_text(const struct line *l, const char *s)
{
	if (s == NULL || s < l->text || s >= l->end)
		return;
	assert(strpbrk(s, "\r\n") == NULL);
	for (int i = 0; i < l->argc; i++)
		assert(l->argv[i] >= l->text && l->argv[i] < l->end);
}

static void
check(const struct line *l, const struct args *a, const char *first,
    const char *second)
{
	const char *last = l->text;

	assert(a->count >= 0 && a->count < l->argc);
	for (int i = 0; i < a->count; i++) {
		/* In the order they came in. */
		assert(a->rcpt[i] > last && a->rcpt[i] < l->end);
		last = a->rcpt[i];
		check_text(l, a->rcpt[i]);
	}
	assert(a->config == NULL || (a->config == second &&
	    strcmp(first, "--config") == 0) ||
	    (first[0] == '-' && first[1] == 'C'));
	check_text(l, a->config);
	check_text(l, a->claim.sender);
	check_text(l, a->claim.name);
	check_text(l, a->tag);
	check_text(l, a->notify);
	check_text(l, a->ret);
	check_text(l, a->envid);
	check_text(l, a->id);
	assert(a->inert_count >= 0 && a->inert_count <= ARGS_INERT);
	for (int i = 0; i < a->inert_count; i++)
		check_text(l, a->inert[i].value);
	assert(a->run_interval >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct line l;
	struct args a;
	struct fault f = { 0 };
	const char *first, *second;

	split(&l, data, size);
	first = l.argc > 1 ? l.argv[1] : "";
	second = l.argc > 2 ? l.argv[2] : "";
	if (args_parse(&a, l.argc, l.argv, &f) == 0) {
		check(&l, &a, first, second);
		(void)args_sends(&a);
	} else
		assert((f.code == EX_USAGE || f.code == EX_DATAERR) &&
		    f.text[0] != '\0');
	free(l.text);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as an address list: what is found lies in the list, is safe in an
 * SMTP path, means the same when it is read again, and a domain put where the
 * parser says completes it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static bool
inside(struct str s, struct str outer)
{
	return s.n == 0 || (s.p >= outer.p && s.p + s.n <= outer.p + outer.n);
}

static bool
same(const struct addr *a, const char *spec)
{
	return strcmp(a->spec, spec) == 0;
}

/* Reads one mailbox of "before what after" again; it must be this one. */
static void
again(struct str before, const char *what, struct str after, const char *spec)
{
	struct fault f = { 0 };
	struct addr a;
	char *text;
	int n;

	text = malloc(before.n + strlen(what) + after.n);
	require(text != NULL);
	if (before.n > 0)
		memcpy(text, before.p, before.n);
	n = (int)strlen(what);
	memcpy(text + before.n, what, (size_t)n);
	if (after.n > 0)
		memcpy(text + before.n + n, after.p, after.n);
	require(addr_single((struct str){ text, before.n + (size_t)n +
	    after.n }, &a, &f) == 0);
	require(same(&a, spec));
	free(text);
}

/* Another address can stand where this one does. */
static void
check_written(const struct addr *a)
{
	const char *end = a->text.p + a->text.n;

	require(inside(a->written, a->text) && a->written.n > 0);
	again((struct str){ a->text.p, (size_t)(a->written.p - a->text.p) },
	    "new@domain.example",
	    (struct str){ a->written.p + a->written.n,
	    (size_t)(end - a->written.p) - a->written.n },
	    "new@domain.example");
}

static void
check(const struct addr *a)
{
	const size_t n = strlen(a->spec);
	char whole[sizeof(a->spec) + sizeof("@domain.example")];
	struct str tail;

	require(inside(a->phrase, a->text));
	require(n <= ADDR_MAX && a->empty == (n == 0));
	for (size_t i = 0; i < n; i++)
		require((unsigned char)a->spec[i] >= ' ' && a->spec[i] != 127);
	again(STR(" "), a->empty ? "<>" : a->spec, STR(""), a->spec);
	again(STR("x <"), a->spec, STR(">"), a->spec);
	again(STR(""), "", a->text, a->spec);
	if (!a->empty)
		check_written(a);
	if (a->domain != NULL) {
		require(a->end == NULL && a->domain[-1] == '@');
		require(a->domain > a->spec + 1 && a->domain < a->spec + n);
		require(a->domain - a->spec <= ADDR_LOCAL_MAX + 1);
		require(addr_domain_valid(str_of(a->domain)));
	} else if (!a->empty) {
		require(n <= ADDR_LOCAL_MAX);
		require(a->end > a->text.p);
		require(a->end <= a->text.p + a->text.n);
		tail.p = a->end;
		tail.n = (size_t)(a->text.p + a->text.n - a->end);
		(void)snprintf(whole, sizeof(whole), "%s@domain.example",
		    a->spec);
		again((struct str){ a->text.p, a->text.n - tail.n },
		    "@domain.example", tail, whole);
	}
}

/* The next address without a domain, by one reader or the other. */
static bool
find_bare(int (*next)(struct addr_list *, struct addr *, struct fault *),
    struct addr_list *list, struct addr *a)
{
	struct fault ignored;
	int found;

	while ((found = next(list, a, &ignored)) != 0)
		if (found == 1 && a->domain == NULL && !a->empty)
			return true;
	return false;
}

/* Passing over the others changes nothing. */
static void
check_bare(struct str text)
{
	struct addr_list every, bare;
	struct addr a, b;
	bool found;

	addr_start(&every, text);
	addr_start(&bare, text);
	do {
		found = find_bare(addr_next, &every, &a);
		require(find_bare(addr_next_bare, &bare, &b) == found);
		require(!found || (a.text.p == b.text.p &&
		    a.end == b.end && strcmp(a.spec, b.spec) == 0));
	} while (found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = { (const char *)data, size };
	struct fault f = { 0 };
	struct addr_list list;
	struct addr a;
	size_t left;
	int found;

	addr_start(&list, text);
	for (left = list.rest.n;
	    (found = addr_next(&list, &a, &f)) != 0; left = list.rest.n) {
		require(list.rest.n < left);
		require(inside(a.text, text) && a.text.n > 0);
		if (found == 1)
			check(&a);
		else
			require(f.code == EX_DATAERR &&
			    str_istarts(str_of(f.text),
			    STR("not an address: ")));
	}
	require(list.rest.n == 0);
	check_bare(text);
	if (addr_single(text, &a, &f) == 0)
		check(&a);
	(void)addr_domain_valid(text);
	return 0;
}

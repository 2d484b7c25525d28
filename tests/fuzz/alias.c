/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a file of aliases: it is read, every name in it can be
 * expanded, and what comes out is an address that an SMTP path may hold.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/alias_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Walks of a hostile file are many times as long as the file. */
enum { EXPANDED = 64 };

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* Lines in it, each ended. */
static unsigned
lines(const struct buf *b)
{
	unsigned n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

static void
expand(struct aliases *a, const char *name, size_t size)
{
	struct alias_walk walk;
	struct addr addr, again;
	struct fault f;
	size_t count = 0;

	if (!alias_start(&walk, a, name)) {
		require(aliases_find(a, name) == NULL);
		return;
	}
	while (alias_next(&walk, &addr) != 0) {
		count++;
		require(!addr.empty && addr.spec[0] != '\0');
		require(addr_single(str_of(addr.spec), &again, &f) == 0);
		require(strcmp(addr.spec, again.spec) == 0);
		require(strpbrk(addr.spec, "\r\n") == NULL);
	}
	/* Each alias once: never more addresses than there are octets. */
	require(count <= size + 64);
	require(count > 0 || walk.why.code == EX_DATAERR);
}

/* As when it is needed: from a file. */
static void
check_load(struct str text, unsigned count)
{
	struct aliases a;
	char name[32];
	int fd = memfd_create("aliases", MFD_CLOEXEC);

	require(fd != -1 && fchmod(fd, 0600) == 0);
	require(write(fd, text.p, text.n) == (ssize_t)text.n);
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	aliases_init(&a, name, false, NULL);
	aliases_load(&a);
	aliases_load(&a);
	require(a.count == count || a.failed.code != 0 ||
	    text.n > ALIASES_FILE_MAX);
	aliases_free(&a);
	(void)close(fd);
}

static void
check(struct str text, const char *root)
{
	struct aliases a;
	struct alias *alias;
	unsigned count = 0;
	size_t expanded = 0;

	aliases_init(&a, "aliases", true, root);
	aliases_parse(&a, text);
	require(a.problems.failed || lines(&a.problems) == a.problem_count);
	STAILQ_FOREACH(alias, &a.list, next) {
		require(aliases_find(&a, alias->name) == alias);
		count += alias->line > 0;
		if (expanded++ < EXPANDED)
			expand(&a, alias->name, text.n);
	}
	require(count == a.count);
	require(a.longest <= a.total && a.total <= text.n);
	check_load(text, count);
	expand(&a, "root", text.n);
	expand(&a, "nobody", text.n);
	aliases_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = { (const char *)data, size };

	check(text, NULL);
	check(text, "ops, \\root, Kit <kit@example.org>");
	return 0;
}

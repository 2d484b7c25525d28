/* SPDX-License-Identifier: ISC */
/*
 * Keeps track of the few texts of which the kernel has a copy in a file.  To
 * let go of a part of one is to say that its pages are not needed just now
 * (MADV_DONTNEED): nothing is lost, the next look at them finds them in the
 * file.  Where the file cannot be read any more, that look is answered with
 * SIGBUS.
 */
#include <sys/mman.h>

#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "base/pages.h"
#include "base/seek.h"

enum { AROUND = 64 * 1024, TEXTS = 8 };

struct filed {
	char	*p;
	size_t	 n;
	size_t	 kept;		/* nothing before it is in memory */
};

static struct filed text[TEXTS];
static size_t texts;
static struct filed *recent;	/* the one that was read last, or NULL */

static void (*lost)(int);
static size_t unit;		/* 0: not known yet */

size_t
pages_unit(void)
{
	const long page = unit > 0 ? 0 : sysconf(_SC_PAGESIZE);

	if (unit == 0)
		unit = page > PAGES_PART ? (size_t)page : PAGES_PART;
	return unit;
}

void
pages_on_loss(void (*handler)(int))
{
	lost = handler;
}

/* Once is enough, and only who has such text needs it. */
static void
await_loss(void)
{
	const struct sigaction act = { .sa_handler = lost,
	    .sa_flags = (int)SA_RESETHAND };

	if (lost != NULL)
		(void)sigaction(SIGBUS, &act, NULL);
	lost = NULL;
}

/* The text that ends there, or a new one; or NULL. */
static struct filed *
text_before(const char *p)
{
	for (size_t i = 0; i < texts; i++)
		if (p == text[i].p + text[i].n)
			return &text[i];
	return texts < TEXTS ? &text[texts] : NULL;
}

int
pages_file(char *p, size_t n, int fd, off_t at)
{
	struct filed *t = text_before(p);

	/* Not MAP_SHARED, which not every file system has. */
	if (t == NULL || mmap(p, n, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd,
	    at) == MAP_FAILED)
		return -1;
	await_loss();
	if (t == &text[texts]) {
		*t = (struct filed){ .p = p };
		texts++;
	}
	t->n += n;
	return 0;
}

/* With a page that is looked at the kernel maps up to AROUND around it. */
static void
let_go(const struct filed *t, size_t from, size_t to)
{
	from -= from < AROUND ? from : AROUND;
	if (to > from)
		(void)madvise(t->p + from, to - from, MADV_DONTNEED);
}

static void
read_on(struct filed *t, size_t n)
{
	n &= ~(pages_unit() - 1);
	if (recent != NULL && recent != t)
		let_go(recent, recent->kept, recent->n);
	recent = t;
	if (n == t->kept)
		return;
	/* Somebody starts anew. */
	let_go(t, t->kept, n < t->kept ? t->n : n);
	t->kept = n;
}

void
pages_passed(const char *p)
{
	for (size_t i = 0; i < texts; i++) {
		const size_t n = (size_t)((uintptr_t)p - (uintptr_t)text[i].p);

		if (n < text[i].n)
			read_on(&text[i], n);
	}
}

bool
pages_cut(struct str *rest, struct str *part)
{
	*part = *rest;
	if (part->n > PAGES_PART)
		part->n = PAGES_PART;
	rest->p += part->n;
	rest->n -= part->n;
	if (texts > 0)
		pages_passed(part->p);
	return part->n > 0;
}

size_t
pages_seek_lf(struct str s)
{
	struct str rest = s, part;
	size_t n;

	if (s.n <= PAGES_PART)
		return seek_lf(s);
	while (pages_cut(&rest, &part)) {
		n = seek_lf(part);
		if (n < part.n)
			return (size_t)(part.p - s.p) + n;
	}
	return s.n;
}

void
pages_forget(const char *p, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < texts; i++)
		if ((uintptr_t)text[i].p - (uintptr_t)p >= n)
			text[left++] = text[i];
	texts = left;
	recent = NULL;
}

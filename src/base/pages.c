/* SPDX-License-Identifier: ISC */
/*
 * Keeps track of the one text, the last that was made, of which the kernel
 * has a copy in a file.  To let go of a part of it is to say that its pages
 * are not needed just now (MADV_DONTNEED): nothing is lost, the next look at
 * them finds them in the file.  Where the file cannot be read any more, that
 * look is answered with SIGBUS.
 */
#include <sys/mman.h>

#include <signal.h>
#include <stdint.h>

#include "base/pages.h"

enum { AROUND = 64 * 1024 };

static struct {
	char	*p;
	size_t	 n;
	size_t	 kept;		/* nothing before it is in memory */
} filed;

static void (*lost)(int);

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

int
pages_file(char *p, size_t n, int fd, off_t at)
{
	/* Not MAP_SHARED, which not every file system has. */
	if (mmap(p, n, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, at) ==
	    MAP_FAILED)
		return -1;
	await_loss();
	if (filed.n > 0 && p == filed.p + filed.n) {
		filed.n += n;
		return 0;
	}
	filed.p = p;
	filed.n = n;
	filed.kept = 0;
	return 0;
}

/* With a page that is looked at the kernel maps up to AROUND around it. */
static void
let_go(size_t from, size_t to)
{
	from -= from < AROUND ? from : AROUND;
	if (to > from)
		(void)madvise(filed.p + from, to - from, MADV_DONTNEED);
}

void
pages_passed(const char *p)
{
	const size_t n = (size_t)((uintptr_t)p - (uintptr_t)filed.p) /
	    PAGES_UNIT * PAGES_UNIT;

	if (n >= filed.n || n == filed.kept)
		return;
	/* Somebody starts anew. */
	let_go(filed.kept, n < filed.kept ? filed.n : n);
	filed.kept = n;
}

void
pages_forget(const char *p, size_t n)
{
	if ((uintptr_t)filed.p - (uintptr_t)p < n)
		filed.n = 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Keeps track of the one text, the last that was made, of which the kernel
 * has a copy in a file.  To let go of a part of it is to say that its pages
 * are not needed just now (MADV_DONTNEED): nothing is lost, the next look at
 * them finds them in the file.
 */
#include <sys/mman.h>

#include <stdint.h>

#include "base/pages.h"

enum { AROUND = 64 * 1024 };

static struct {
	char	*p;
	size_t	 n;
	size_t	 kept;		/* nothing before it is in memory */
} filed;

int
pages_file(char *p, size_t n, int fd, off_t at)
{
	if (mmap(p, n, PROT_READ, MAP_SHARED | MAP_FIXED, fd, at) ==
	    MAP_FAILED)
		return -1;
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

/* SPDX-License-Identifier: ISC */
/*
 * Memory for a process that lives for some milliseconds.  What it needs
 * usually fits into one array, which costs no system call and few pages;
 * musl's allocator, which spends at least a page on each size, gets the rest.
 * The linker directs all calls here (--wrap).
 *
 * Blocks lie in the order they were asked for and know the one below them.  A
 * block that is freed waits until those above are freed too: no memory is
 * given out twice while an old pointer to it could do harm nearby, and there
 * are no lists that an overflow could forge.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

enum { ROOM = 128 * 1024, LARGEST = 24 * 1024 };

struct block {
	uint32_t	 below;		/* where the block below starts */
	uint32_t	 size;		/* octets asked for */
	bool		 freed;
	_Alignas(16) char octets[];
};

static _Alignas(16) char room[ROOM];
static uint32_t top, last;	/* where free room and the last block start */
static uint32_t high;		/* nothing was ever written from here on */

static struct block *
block_at(uint32_t offset)
{
	return (struct block *)(void *)(room + offset);
}

/* The block of memory that was given out here, or NULL. */
static struct block *
block_of(const void *p)
{
	const uintptr_t at = (uintptr_t)p - (uintptr_t)room;

	return at >= sizeof(room) ? NULL :
	    block_at((uint32_t)(at - sizeof(struct block)));
}

static uint32_t
end_of(const struct block *b)
{
	return (uint32_t)(b->octets - room) + ((b->size + 15) & ~15U);
}

void *
__wrap_malloc(size_t n)
{
	struct block *b = block_at(top);

	if (n > LARGEST || sizeof(*b) + n + 15 > sizeof(room) - top)
		return __real_malloc(n);
	*b = (struct block){ .below = last, .size = (uint32_t)n };
	last = top;
	top = end_of(b);
	if (high < top)
		high = top;
	return b->octets;
}

void *
__wrap_calloc(size_t count, size_t size)
{
	const uint32_t before = high;
	size_t n;
	char *p;

	if (__builtin_mul_overflow(count, size, &n) || n > LARGEST)
		return __real_calloc(count, size);
	p = __wrap_malloc(n);
	if (p != NULL && (block_of(p) == NULL || p < room + before))
		memset(p, 0, n);
	return p;
}

void
__wrap_free(void *p)
{
	struct block *b = block_of(p);

	if (b == NULL) {
		__real_free(p);
		return;
	}
	b->freed = true;
	while (top > 0 && block_at(last)->freed) {
		top = last;
		last = block_at(top)->below;
	}
}

void *
__wrap_realloc(void *p, size_t n)
{
	struct block *b = block_of(p);
	void *other;

	if (p == NULL)
		return __wrap_malloc(n);
	if (b == NULL)
		return __real_realloc(p, n);
	if (n <= b->size)
		return p;
	other = __wrap_malloc(n);
	if (other == NULL)
		return NULL;
	memcpy(other, p, b->size);
	__wrap_free(p);
	return other;
}

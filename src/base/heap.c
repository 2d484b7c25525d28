/* SPDX-License-Identifier: ISC */
/*
 * Memory for a process that lives for some milliseconds.  What it needs
 * usually fits into one array, which costs no system call and few pages;
 * musl's allocator, which spends at least a page on each size, gets the rest.
 * The linker directs all calls here (--wrap).
 *
 * Blocks lie in the order they were asked for.  One that is freed waits until
 * those above are freed too: no memory is given out twice while an old pointer
 * to it could do harm nearby.  What is known of them stands apart from them,
 * where an overflow does not reach it; a pointer that is none, or was freed
 * before, ends the program.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

enum { ROOM = 128 * 1024, LARGEST = 24 * 1024, BLOCKS = 2048, ALIGN = 16,
	PAGE = 4096 };

struct block {
	uint32_t	 at;		/* where it starts */
	uint32_t	 size;		/* octets asked for */
	bool		 freed;
};

static _Alignas(PAGE) char room[ROOM];
static struct block block[BLOCKS];
static size_t blocks;
static uint32_t top;		/* where free room starts */
static uint32_t high;		/* nothing was ever written from here on */

static bool
is_ours(const void *p)
{
	return (uintptr_t)p - (uintptr_t)room < sizeof(room);
}

/* What is known of memory that was given out here. */
static struct block *
block_of(const void *p)
{
	const uint32_t at = (uint32_t)((uintptr_t)p - (uintptr_t)room);
	size_t low = 0, end = blocks;

	while (low < end) {
		size_t middle = low + (end - low) / 2;

		if (block[middle].at == at && !block[middle].freed)
			return &block[middle];
		if (block[middle].at < at)
			low = middle + 1;
		else
			end = middle;
	}
	__builtin_trap();
}

void *
__wrap_malloc(size_t n)
{
	struct block *b = &block[blocks];

	/* Nothing is a place of its own as well. */
	n += n == 0;
	if (n > LARGEST || n > sizeof(room) - top || blocks == BLOCKS)
		return __real_malloc(n);
	*b = (struct block){ .at = top, .size = (uint32_t)n };
	blocks++;
	top += ((uint32_t)n + ALIGN - 1) & ~(uint32_t)(ALIGN - 1);
	if (high < top)
		high = top;
	return room + b->at;
}

void *
__wrap_calloc(size_t count, size_t size)
{
	const char *clean = room + high;
	size_t n;
	char *p;

	if (__builtin_mul_overflow(count, size, &n) || n > LARGEST)
		return __real_calloc(count, size);
	p = __wrap_malloc(n);
	if (p == NULL)
		return NULL;
	/* Pages that nobody has been at stay out of memory. */
	if (is_ours(p) && p + n > clean)
		n = p < clean ? (size_t)(clean - p) : 0;
	memset(p, 0, n);
	return p;
}

void
__wrap_free(void *p)
{
	if (p == NULL)
		return;
	if (!is_ours(p)) {
		__real_free(p);
		return;
	}
	block_of(p)->freed = true;
	while (blocks > 0 && block[blocks - 1].freed)
		top = block[--blocks].at;
}

void *
__wrap_realloc(void *p, size_t n)
{
	struct block *b;
	void *other;

	if (p == NULL)
		return __wrap_malloc(n);
	if (!is_ours(p))
		return __real_realloc(p, n);
	b = block_of(p);
	if (n <= b->size)
		return p;
	other = __wrap_malloc(n);
	if (other == NULL)
		return NULL;
	memcpy(other, p, b->size);
	__wrap_free(p);
	return other;
}

/* SPDX-License-Identifier: ISC */
/*
 * Blocks that are filled from both ends: structs from below, where they are
 * aligned, and texts from above, where they need not be.  Each block is twice
 * as large as the one before, up to BLOCK_MAX.
 */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

/* With what malloc(3) adds, no more than a round number. */
enum { BLOCK_MIN = 256, BLOCK_MAX = 32 * 1024 - 32 };

struct pool_block {
	struct pool_block *before;
	size_t		 size;		/* octets, this struct included */
	size_t		 low, high;	/* between them they are free */
	alignas(max_align_t) char p[];
};

/* The block with room for so many octets; or NULL. */
static struct pool_block *
block_for(struct pool *pool, size_t n)
{
	struct pool_block *b = pool->block, *before = b;
	size_t size = BLOCK_MIN;

	if (b != NULL && n <= b->high - b->low)
		return b;
	if (b != NULL)
		size = b->size > BLOCK_MAX / 2 ? BLOCK_MAX : b->size * 2;
	if (n > SIZE_MAX - sizeof(*b))
		return NULL;
	if (size < n + sizeof(*b))
		size = n + sizeof(*b);
	b = malloc(size);
	if (b == NULL)
		return NULL;
	b->before = before;
	b->size = size;
	b->low = 0;
	b->high = size - sizeof(*b);
	pool->block = b;
	return b;
}

void *
pool_get(struct pool *pool, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct pool_block *b;
	void *p;

	if (n > SIZE_MAX - align)
		return NULL;
	n = (n + align - 1) / align * align;
	if ((b = block_for(pool, n)) == NULL)
		return NULL;
	p = b->p + b->low;
	b->low += n;
	return p;
}

const char *
pool_text(struct pool *pool, struct str text)
{
	struct pool_block *b = block_for(pool, text.n + 1);
	char *p;

	if (b == NULL)
		return NULL;
	b->high -= text.n + 1;
	p = b->p + b->high;
	if (text.n > 0)
		memcpy(p, text.p, text.n);
	p[text.n] = '\0';
	return p;
}

void
pool_free(struct pool *pool)
{
	struct pool_block *before;

	for (struct pool_block *b = pool->block; b != NULL; b = before) {
		before = b->before;
		free(b);
	}
	pool->block = NULL;
}

/* SPDX-License-Identifier: ISC */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/str.h"

/*
 * Small things that are all freed at once, packed tightly: ten thousand of
 * them cost little more than their octets.  Nothing in it ever moves.  All
 * zero is an empty one.
 */
struct pool {
	struct pool_block *block;	/* the one that is being filled */
};

/* n octets, aligned for any struct; NULL: no memory. */
void *pool_get(struct pool *, size_t n);

/* A copy of the text as a C string; NULL: no memory. */
const char *pool_text(struct pool *, struct str);

/* Frees all of it; the pool is empty and usable again. */
void pool_free(struct pool *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef BASE_LANES_H
#define BASE_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Sixteen octets at a time through the compiler's vector types, which become
 * SSE2, NEON or plain words as the machine has it.  A comparison sets all bits
 * of the lanes in which it is true.
 */
typedef unsigned char octets __attribute__((vector_size(16)));

/* From anywhere: it need not be aligned, but all of it must be there. */
static inline octets
lanes_load(const char *p)
{
	octets v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* True when anything is set in any lane. */
static inline bool
lanes_any(octets v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return (half[0] | half[1]) != 0;
}

#endif

/* SPDX-License-Identifier: ISC */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Octets that nobody can guess; never fails and never ends the process.
 * At most 256 at a time.
 */
void random_bytes(void *, size_t);

uint32_t random_number(void);

/* Any number below the limit; 0 for 0. */
uint32_t random_below(uint32_t limit);

#endif

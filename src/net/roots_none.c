/* SPDX-License-Identifier: ISC */
/*
 * The tables of net/roots.h where no certificates were asked for.  They are
 * weak: what src/deps/roots.sh writes takes their place.  They stand in a file
 * of their own, for a compiler believes the sizes it can see.
 */
#include "net/roots.h"

__attribute__((weak)) const uint32_t roots_count = 0;
__attribute__((weak)) const struct root roots_table[1] = { { 0, 0, 0, 0 } };
__attribute__((weak)) const unsigned char roots_der[1] = { 0 };

/* SPDX-License-Identifier: ISC */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdint.h>

#include "base/str.h"

/*
 * Length of the UTF-8 sequence (RFC 3629) that a text which is not empty
 * starts with, and its code point; 0 when it is none: cut short, overlong, a
 * surrogate, beyond U+10FFFF.
 */
size_t utf8_decode(struct str, uint32_t *point);

/* Writes a code point of at most U+10FFFF; returns its length, 1 to 4. */
size_t utf8_encode(char out[4], uint32_t point);

/* True when all of the text is UTF-8. */
bool utf8_valid(struct str);

/*
 * The longest start of a text of at most n octets that ends where a sequence
 * does, if the text is UTF-8.
 */
size_t utf8_whole(struct str, size_t n);

#endif

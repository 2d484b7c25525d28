/* SPDX-License-Identifier: ISC */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/str.h"

/*
 * True when the pattern matches the whole text.  "*" is any number of octets,
 * "?" one, "[a-z]" one of a set, "[!a-z]" one not in it, "\" takes the meaning
 * off the next.  A "[" without its end stands for itself.  Case of ASCII
 * letters is ignored, and so is any locale.  Takes at most as many steps as
 * the product of the lengths.
 */
bool glob_match(struct str pattern, struct str text);

#endif

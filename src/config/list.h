/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_LIST_H
#define CONFIG_LIST_H

#include "config/keyword.h"

/*
 * Appends the words of a value of type KEYWORD_MECHANISMS, KEYWORD_PINS or
 * KEYWORD_ADDRESSES to the list, which was empty.  Returns -1 with EX_CONFIG
 * and a text that names the word, or EX_OSERR.
 */
int list_parse(struct buf *list, enum keyword_type, struct str value,
    struct fault *);

#endif

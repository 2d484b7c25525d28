/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_LIST_H
#define CONFIG_LIST_H

#include "config/keyword.h"

/*
 * Checks each word of a value and appends it, in its usual form, to the list,
 * which is a C string then.  Returns -1 with EX_CONFIG and a text that names
 * the word, or EX_OSERR.
 */
int list_parse(struct buf *list, enum keyword_type, struct str value,
    struct fault *);

/* True when one of the words of a list, or NULL, is this; case is ignored. */
bool list_names(const char *list, struct str name);

#endif

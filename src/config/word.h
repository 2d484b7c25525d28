/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_WORD_H
#define CONFIG_WORD_H

#include "base/buf.h"
#include "base/fault.h"

/* Takes leading blanks (SP, HT) off the view. */
void word_skip(struct str *rest);

/*
 * Appends the word the view starts with, and takes it off.  A word ends at a
 * blank; one that starts with " ends at the next ", and \" and \\ inside it
 * stand for " and \.  Returns -1 with EX_CONFIG for a quote that is not
 * closed or has text behind it; the text shows nothing of the word.
 */
int word_next(struct str *rest, struct buf *, struct fault *);

#endif

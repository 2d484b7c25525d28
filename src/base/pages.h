/* SPDX-License-Identifier: ISC */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <sys/types.h>

#include "base/str.h"

/*
 * Texts that are in one piece where they are read, and in a file for the rest.
 * Such a text is read from its start to its end, again and again; nothing but
 * pages_passed() tells it from other memory.
 */

/*
 * What is put into a file counts in these, in its place and its length; only
 * the last that will ever follow may be shorter.  A power of two: PAGES_PART,
 * or a page where those are larger.
 */
enum { PAGES_PART = 32 * 1024 };
size_t pages_unit(void);

/*
 * Replaces memory by the same octets of a file, which nobody may change any
 * more.  Text that goes on where another one ended is one with it.  Returns
 * -1, with nothing changed, where that cannot be done.
 */
int pages_file(char *p, size_t n, int fd, off_t at);

/*
 * What to call when such text cannot be read back: as a handler of a signal,
 * which must not return.  Without one the process is killed.
 */
void pages_on_loss(void (*)(int));

/*
 * Somebody reads on from p: what is before it, and all other texts, may leave
 * memory, and come back when they are read again.  Any p will do, it is for
 * those who cannot know.
 */
void pages_passed(const char *p);

/* Takes up to PAGES_PART octets off a text, that way; false: none are left. */
bool pages_cut(struct str *rest, struct str *part);

/* seek_lf(), that way. */
size_t pages_seek_lf(struct str);

/* The memory is about to be unmapped. */
void pages_forget(const char *p, size_t n);

#endif

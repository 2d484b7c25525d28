/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_TRUST_H
#define CONFIG_TRUST_H

#include "base/fault.h"

/*
 * Opens a regular file for reading and checks the opened descriptor: owned by
 * root or the effective user, not writable by others.  Returns the descriptor
 * or -1 with EX_NOPERM (naming file, owner and mode), or EX_CONFIG when it
 * does not exist or is no file.
 */
int trust_open(const char *path, struct fault *);

/*
 * Refuses an open file that others than its owner can read.  Its group may
 * read it when that is the group the program runs set-group-id to.
 */
int trust_private(int fd, const char *path, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_TRUST_H
#define CONFIG_TRUST_H

#include <sys/stat.h>

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"

/*
 * What a file is to us: orders, which can name programs to run, or data, such
 * as a password that a container runtime mounts with an owner of its own.
 */
enum trust { TRUST_ORDERS, TRUST_DATA };

enum { TRUST_TEXT = 160 };

/* What has been opened, and what it was found to be then. */
struct trusted {
	int		 fd;
	struct stat	 is;		/* 0: a pipe of our own */
};

/*
 * Opens a regular file or pipe for reading and checks the opened descriptor:
 * not writable by others, and orders must be owned by root or the effective
 * user.  Symbolic links are followed.  The descriptor is close-on-exec and the
 * caller's to close.  Returns -1 with EX_NOPERM (naming owner, group and mode),
 * EX_NOINPUT when it does not exist, EX_CONFIG when it is no file, EX_OSERR.
 */
int trust_open(struct trusted *, const char *path, enum trust, struct fault *);

/* "owner root, group root, mode 0600" */
void trust_describe(const struct trusted *, char text[TRUST_TEXT]);

/*
 * Refuses an open file that others than its owner can read.  Its group may
 * read it when that is the group the program runs set-group-id to.  The text
 * of the fault, EX_NOPERM, does not name the file.
 */
int trust_private(const struct trusted *, struct fault *);

/*
 * Appends all that comes until the end of file to the buffer.  Returns -1
 * with EX_CONFIG when that is more than the buffer's maximum or the deadline
 * passes, or EX_OSERR; the text starts with name.
 */
int trust_read(const struct trusted *, const char *name, int64_t deadline,
    struct buf *, struct fault *);

/*
 * Appends the text of a file of TRUST_DATA with a NUL behind it; a secret one
 * must be private.  Returns -1 with EX_NOPERM, EX_CONFIG (it does not exist,
 * is too large) or EX_OSERR, and a text that names the file.
 */
int trust_text(const char *path, bool secret, struct buf *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

#include <stdbool.h>

#include "base/fault.h"

/* What may be done with a file, or with all files below a directory. */
enum landlock_right {
	LANDLOCK_READ,		/* read it */
	LANDLOCK_APPEND,	/* write this file */
	LANDLOCK_MAKE,		/* make and write files below */
	LANDLOCK_SCRATCH,	/* also read and remove them */
	LANDLOCK_KEEP		/* also list, move them, make directories */
};

/*
 * A list of files that stay open to the process.  Adding to it never fails:
 * what does not exist is not added, the first other error is kept.
 */
struct landlock {
	int	fd, last;	/* all from the one to the other are ours */
	int	abi;
	int	error;		/* errno, or 0 */
};

/*
 * Starts an empty list.  Returns -1 with EX_OSERR when the kernel has no
 * Landlock, or one that is too old (before 5.19).
 */
int landlock_begin(struct landlock *, struct fault *);

/* False when there is no such file. */
bool landlock_path(struct landlock *, const char *path, enum landlock_right);

/* The same for an open directory. */
void landlock_dir(struct landlock *, int fd, enum landlock_right);

/* Sockets may be bound to an address, but not to a port one can choose. */
void landlock_bind(struct landlock *);

/*
 * From here on no other file can be opened, made or run, no socket be bound
 * to a TCP port (Linux 6.7), and no process outside be signalled (6.12).
 * Returns -1 with EX_OSERR.  The list is freed in any case.
 */
int landlock_enforce(struct landlock *, struct fault *);

#endif

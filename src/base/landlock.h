/* SPDX-License-Identifier: ISC */
#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

#include "base/fault.h"

/* What may be done with a file, or with all files below a directory. */
enum landlock_right {
	LANDLOCK_READ,		/* read it */
	LANDLOCK_APPEND,	/* write it; make it, if a directory is named */
	LANDLOCK_SCRATCH,	/* make, read, write and remove files below */
	LANDLOCK_KEEP		/* also list, move them, make directories */
};

/*
 * A list of files that stay open to the process.  Adding to it never fails:
 * what does not exist is not added, the first other error is kept.
 */
struct landlock {
	int	fd;		/* -1: no Landlock here */
	int	abi;
	int	error;		/* errno, or 0 */
};

/*
 * Starts an empty list.  Returns -1 with EX_OSERR when the kernel has no
 * Landlock, or one that is too old (before 5.19).
 */
int landlock_begin(struct landlock *, struct fault *);

void landlock_path(struct landlock *, const char *path, enum landlock_right);

/* The same for an open directory. */
void landlock_dir(struct landlock *, int fd, enum landlock_right);

/*
 * From here on no other file can be opened, made or run, and no process
 * outside be signalled.  Returns -1 with EX_OSERR.  The list is freed.
 */
int landlock_enforce(struct landlock *, struct fault *);

#endif

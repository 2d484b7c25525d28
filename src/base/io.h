/* SPDX-License-Identifier: ISC */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <fcntl.h>
#include <stdint.h>

#include "base/str.h"

/* A part of a file. */
struct extent {
	int		 fd;
	uint64_t	 at, n;
};

/*
 * To be asked right after a read(2) or write(2) that failed: true when it is
 * to be tried again, because of a signal or because the descriptor, which may
 * be non-blocking, has now become ready for these events of poll(2).
 */
bool io_again(int fd, short events);

/* Writes all of it.  Returns -1 with errno. */
int io_write(int fd, struct str);

/* What is made from now on, here or by a program run, is the user's alone. */
void io_private(void);

/*
 * openat(2) with O_CREAT and O_CLOEXEC, and mkdirat(2): the only ways in which
 * something with a name is made.  It is the user's alone, and all the user's,
 * whatever the umask was.
 */
int io_create(int dir, const char *name, int flags);
int io_mkdir(int dir, const char *name);

#endif

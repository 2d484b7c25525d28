/* SPDX-License-Identifier: ISC */
#ifndef BASE_SCRATCH_H
#define BASE_SCRATCH_H

#include <stdint.h>

#include "base/str.h"

/* The directory in which a file without a name would be made now, or NULL. */
const char *scratch_directory(void);

/*
 * A new file without a name, to be read and written, of which nothing is left
 * behind whatever happens to the process.  Returns -1 with errno.
 */
int scratch_open(void);

/* A file for text that is not to take up memory; made when it is needed. */
struct scratch {
	int		 fd;		/* -1: none yet */
	uint64_t	 end;		/* behind what is in it */
};

void scratch_init(struct scratch *);

/* Closes the file; what was put away stays there as long as it is mapped. */
void scratch_free(struct scratch *);

/*
 * Puts memory away, which is then read from the file and must not be written
 * any more.  For p and n see base/pages.h.  Returns -1 where that cannot be
 * done; then all is as before.
 */
int scratch_keep(struct scratch *, char *p, size_t n);

/* All behind so many octets, of which nothing is in use, will be used again. */
void scratch_rewind(struct scratch *, uint64_t end);

#endif

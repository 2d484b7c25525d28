/* SPDX-License-Identifier: ISC */
#ifndef MAIL_STORE_H
#define MAIL_STORE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"

enum { STORE_MEMORY = 256 * 1024 };

/*
 * Write-once bytes of any size: in memory up to STORE_MEMORY octets, beyond
 * that in an unlinked temporary file.
 */
struct store {
	struct buf	 tail;		/* what is not in the file */
	uint64_t	 in_file;	/* octets in the file */
	int		 fd;		/* -1: no file yet */
};

void store_init(struct store *);

/* Frees the memory and closes the file. */
void store_free(struct store *);

/* Appends.  Returns -1 with EX_IOERR (disk full, no place for a file). */
int store_add(struct store *, struct str, struct fault *);

/* Octets held. */
uint64_t store_size(const struct store *);

/*
 * Points *out at the bytes from offset at on, as many as are to be had in one
 * piece: in memory, or read from the file into room.  Empty at the end.
 * Returns -1 with EX_IOERR.
 */
int store_read(const struct store *, uint64_t at, struct buf *room,
    struct str *out, struct fault *);

#endif

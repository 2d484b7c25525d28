/* SPDX-License-Identifier: ISC */
#ifndef MAIL_STORE_H
#define MAIL_STORE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/io.h"

enum { STORE_MEMORY = 256 * 1024, STORE_ROOM = 4 * 1024 };

/*
 * Write-once bytes of any size: in memory up to STORE_MEMORY octets, or a few
 * more, beyond that in an unlinked temporary file.
 */
struct store {
	struct buf	 tail;		/* what is not in the file */
	uint64_t	 in_file;	/* octets in the file */
	uint64_t	 start;		/* where in the file they start */
	int		 fd;		/* -1: no file yet */
};

void store_init(struct store *);

/* Frees the memory and closes the file. */
void store_free(struct store *);

/* Appends.  Returns -1 with EX_IOERR (disk full, no place for a file). */
int store_add(struct store *, struct str, struct fault *);

/*
 * Room for at least n octets more, up to STORE_ROOM, and how many they are; the
 * caller says how many it has put there.  NULL where store_add() returns -1.
 */
char *store_room(struct store *, size_t n, size_t *size, struct fault *);
void store_took(struct store *, size_t n);

/*
 * Makes an empty store one of size octets of a file, which must stay as they
 * are, from start on; they are not copied.  The descriptor is taken over.
 * Nothing may be added.
 */
void store_from_file(struct store *, int fd, uint64_t start, uint64_t size);

/* Octets held. */
uint64_t store_size(const struct store *);

/* Sets *e to the bytes from offset at on that are in a file: none, or more. */
void store_extent(const struct store *, uint64_t at, struct extent *e);

/*
 * Points *out at the bytes from offset at on, as many as are to be had in one
 * piece: in memory, or read from the file into room.  Empty at the end.
 * Returns -1 with EX_IOERR.
 */
int store_read(const struct store *, uint64_t at, struct buf *room,
    struct str *out, struct fault *);

#endif

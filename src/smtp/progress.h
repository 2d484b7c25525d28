/* SPDX-License-Identifier: ISC */
#ifndef SMTP_PROGRESS_H
#define SMTP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* How far a transfer is, for who looks on; all of it is progress.c's. */
struct progress {
	bool		 shown;		/* somebody does */
	bool		 drawn;		/* there is a line on the terminal */
	uint64_t	 total, done;	/* octets */
	int64_t		 started, next;	/* clock_ms() */
};

/*
 * Starts; wanted: -v was given.  Nothing is ever shown when standard error is
 * no terminal, nor of a transfer that is over within a second.
 */
void progress_start(struct progress *, bool wanted, uint64_t total);

/* n more octets are on their way. */
void progress_add(struct progress *, uint64_t n);

/* Takes the line away. */
void progress_end(struct progress *);

#endif

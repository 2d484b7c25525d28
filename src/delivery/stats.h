/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_STATS_H
#define DELIVERY_STATS_H

#include "config/conf.h"

enum { STATS_NAMES = 100, STATS_NAME = 256 };

/* How often something was met; the last of a full list are all others. */
struct tally {
	struct tallied {
		char	 name[STATS_NAME];
		uint64_t count;
	}		*list;
	size_t		 count;
};

/* What is in the spool, in numbers. */
struct stats {
	char		 path[1024];	/* "": there is none */
	uint64_t	 queued, held, dead;	/* messages */
	uint64_t	 damaged;	/* that cannot be read */
	uint64_t	 due;		/* queued, and to be tried now */
	uint64_t	 recipients;	/* still to be served */
	uint64_t	 octets;
	int64_t		 now;		/* seconds since 1970 */
	int64_t		 oldest;	/* when it came; 0: there is none */
	int64_t		 next;		/* when the next is tried; 0: none */
	/* Of these recipients. */
	struct tally	 users, domains, reasons;
};

/*
 * Counts: for root the mail of all users, else our own.  Returns -1 with
 * EX_UNAVAILABLE when there is no spool, and all is 0, or as queue_list()
 * does.  stats_free() is due in any case.
 */
int stats_collect(struct stats *, const struct conf *, struct fault *);
void stats_free(struct stats *);

/* --stats: prints them as text or as a JSON object.  -1 with EX_IOERR too. */
int stats_print(const struct conf *, bool json, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_ORIGIN_H
#define CONFIG_ORIGIN_H

#include "config/keyword.h"
#include "config/trust.h"

/* One setting, and where it was made. */
struct origin {
	const struct keyword *keyword;
	unsigned	 line;		/* 0: a variable */
	unsigned	 relay;		/* line of the relay it stands below;
					   0: above the first, or global */
};

/* How a configuration came about, for who asks.  Starts with zeroes. */
struct origins {
	char		 file[1024];	/* that counts */
	char		 owner[TRUST_TEXT];	/* and mode; "": no such file */
	struct origin	*list;		/* in the order of the file */
	size_t		 count;
};

/* Adds one; NULL: nobody asks.  Without memory it is left out. */
void origins_add(struct origins *, const struct keyword *, unsigned line,
    unsigned relay);

/*
 * True when the setting has an effect: no variable is in its place, its relay
 * was not replaced, and not every relay has a setting of its own instead.
 */
bool origins_count(const struct origins *, const struct origin *);

void origins_free(struct origins *);

#endif

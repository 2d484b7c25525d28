/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_PARSE_H
#define CONFIG_PARSE_H

#include "config/conf.h"

/* The errors found so far, one line each. */
struct problems {
	struct buf	*lines;
	unsigned	 count;
	int		 code;		/* EX_CONFIG, or the first other one */
};

/* Adds "file:line: what\n", or "file: what\n" for line 0. */
void problem(struct problems *, const char *file, unsigned line,
    const struct fault *what);

/*
 * Reads the text of a file into the configuration; name is the file's, for
 * messages.  Returns the number of the last line with a literal password, 0
 * when there is none.
 */
unsigned parse_file(struct conf *, const char *name, struct str text,
    struct problems *);

/*
 * Lets the SENDLET_* variables win over what was read: of a keyword for
 * relays, in every relay.  SENDLET_RELAY replaces all relays.
 */
void parse_environment(struct conf *, struct problems *);

#endif

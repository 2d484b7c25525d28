/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ALIAS_WALK_H
#define MAIL_ALIAS_WALK_H

#include "mail/addr.h"
#include "mail/alias.h"

enum { ALIAS_DEPTH_MAX = 50 };		/* aliases within aliases */

/* Expands a name as deep as it goes. */
struct alias_walk {
	struct aliases	*aliases;
	struct {
		struct alias	*alias;
		struct addr_list rest;
		bool		 any;	/* it has had a target */
	}		 stack[ALIAS_DEPTH_MAX];
	size_t		 depth;
	struct fault	 why;		/* the first thing that was left out;
					   code 0: nothing was */
};

/*
 * Starts with a name, an addr-spec without domain.  Returns false when there
 * is no alias for it, not even "default".
 */
bool alias_start(struct alias_walk *, struct aliases *, const char *name);

/*
 * The next address it stands for, complete or without domain: then there is
 * no alias for it, or it is a name within its own alias, or \name.  Each alias
 * is expanded once.  Returns 1, or 0 at the end.
 */
int alias_next(struct alias_walk *, struct addr *);

/* Adds to the problems what is wrong with an alias taken by itself. */
void alias_check_targets(struct aliases *, const struct alias *);

/* Adds loops and what is nested too deep, in linear time. */
void alias_check_loops(struct aliases *);

#endif

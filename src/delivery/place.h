/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_PLACE_H
#define DELIVERY_PLACE_H

#include <sys/types.h>

#include "config/conf.h"

enum { PLACE_PATH_MAX = 1024 };

/*
 * The part of the spool that belongs to one user: a directory named by the
 * user's number, mode 0700, in the one the configuration names.
 */
struct place {
	int		 dir;		/* -1: not open */
	uid_t		 owner;
	char		 path[PLACE_PATH_MAX];	/* of the whole spool */
	uint64_t	 route;		/* as in struct conf */
	uint64_t	 max_size, max_messages;	/* 0: no limit */
};

/*
 * Opens the caller's part: below the directory configured, else below
 * /var/spool/sendlet where the caller may write there, else, unless the caller
 * is root or runs set-group-id, below $XDG_STATE_HOME/sendlet or
 * ~/.local/state/sendlet.  make: makes what is missing.  Afterwards all goes
 * through the descriptor, so that a group can be dropped.  Returns -1 with
 * EX_UNAVAILABLE when there is no spool, or none yet and make is false;
 * EX_CANTCREAT; EX_NOPERM for a directory that others may change.
 */
int place_open(struct place *, const struct conf *, bool make,
    struct fault *);

/*
 * Opens the caller's part at a time when that is possible still, for
 * place_open() to return it, or the same fault, again and again.
 * place_close() is due in the end.
 */
void place_keep(struct place *, struct conf *, bool make, struct fault *);

/* The directory that holds the parts of all users, or NULL: no such spool. */
const char *place_whole(const struct conf *);

/* A walk through the parts: those of all users for root, else our own. */
struct place_walk {
	const struct conf *conf;
	struct place	 whole;
	void		*names;		/* DIR * of the whole, or NULL */
	bool		 done;
};

/* Starts a walk.  Returns as place_open() does. */
int place_walk(struct place_walk *, const struct conf *, struct fault *);

/* Opens the next part; false at the end, with the walk closed. */
bool place_next(struct place_walk *, struct place *);

void place_close(struct place *);

/* Frees a walk before its end. */
void place_walk_end(struct place_walk *);

#endif

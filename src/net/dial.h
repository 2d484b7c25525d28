/* SPDX-License-Identifier: ISC */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "base/watch.h"
#include "net/resolve.h"

enum { DIAL_NAME_MAX = 320 };

/* Who has answered. */
struct dialled {
	int	fd;
	size_t	target;			/* which one of those given */
	char	name[DIAL_NAME_MAX];	/* host[address]:port, or /path */
};

/* Targets that are equally good, and how to connect to them. */
struct dial {
	const struct relay *relay;	/* address-family, source-address,
					   bind-interface, proxy */
	const struct target *target;
	size_t		 count;
	int64_t		 deadline;
	struct watch	*watch;		/* or NULL */
};

/*
 * Connects to one of the targets.  Their addresses are tried in turn, each a
 * quarter of a second after the one before or as soon as that has failed (RFC
 * 8305); the first to answer wins, the others are closed.  A name is looked up
 * when its turn comes.  Returns 0 with a socket (close-on-exec, non-blocking,
 * TCP_NODELAY), or -1 with EX_UNAVAILABLE, EX_NOHOST when none of them has an
 * address; the text tells a name that does not resolve, a refused connection
 * and one that timed out apart, and names each address tried.
 */
int dial(const struct dial *, struct dialled *, struct fault *);

#endif

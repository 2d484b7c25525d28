/* SPDX-License-Identifier: ISC */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "base/sandbox.h"
#include "base/watch.h"
#include "net/resolve.h"

enum { DIAL_NAME_MAX = 320 };

/* Who has answered. */
struct dialled {
	int	fd;
	size_t	target;			/* which one of those given */
	int64_t	waited;			/* ms, for a greeting in vain */
	bool	greeted;		/* it has something to say */
	bool	parted;			/* the phase has been entered */
	char	name[DIAL_NAME_MAX];	/* host[address]:port, or /path */
};

/* Targets that are equally good, and how to connect to them. */
struct dial {
	const struct relay *relay;	/* address-family, source-address,
					   bind-interface, proxy */
	const struct target *target;
	size_t		 count;
	int64_t		 deadline;
	int64_t		 greeting;	/* ms that it may take; 0: it is not
					   to be waited for here */
	enum sandbox_phase part;	/* that nothing but this is needed in;
					   SANDBOX_LISTEN: there is more */
	struct watch	*watch;		/* or NULL */
};

/*
 * Connects to one of the targets.  Their addresses are tried in turn, each a
 * quarter of a second after the one before or as soon as that has failed (RFC
 * 8305); the first to answer wins, the others are closed.  A name is looked up
 * when its turn comes.  While the last address left is connected to, the phase
 * of the sandbox is entered, and what is waited for is the greeting, if it is
 * not late.  Returns 0 with a socket (close-on-exec, non-blocking), or -1 with
 * EX_UNAVAILABLE, EX_NOHOST when none of them has an address; the text tells a
 * name that does not resolve, a refused connection and one that timed out
 * apart, and names each address tried.
 */
int dial(const struct dial *, struct dialled *, struct fault *);

#endif

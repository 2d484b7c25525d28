/* SPDX-License-Identifier: ISC */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include "base/fault.h"
#include "config/conf.h"
#include "net/dns.h"

enum { RESOLVE_MAX = 16 };

/* The addresses of a host, in the order in which they are to be tried. */
struct addresses {
	struct address	list[RESOLVE_MAX];
	size_t		count;
	enum address_family late;	/* may have some, but the name servers
					   have not said; FAMILY_ANY: none */
	char		name[ANSWER_NAME];	/* where to look for those, an
						   absolute one */
};

/* A host and a port, not yet looked up. */
struct target {
	const char	*host;		/* name, address, /path of a socket */
	uint16_t	 port;
	bool		 absolute;	/* no short name */
	bool		 speaks;	/* first, as a matter of protocol */
};

/* How it is to be looked up. */
struct lookup {
	enum address_family family;
	int64_t		 deadline;
	const struct pollfd *beside;	/* what ends it, as for dns_ask() */
	size_t		 besides;
};

/*
 * Finds the addresses of a host: a literal or the path of a socket stands for
 * itself, then /etc/hosts counts, then the name servers, with the domains to
 * be searched for short names.  IPv6 and IPv4 take turns (RFC 8305 section
 * 4).  Who knows those of one family gives the other 50 ms more (section 3):
 * then it is late, and may be looked up alone.  Returns -1 with EX_NOHOST when
 * there is no such name or it has no address of that family, EX_UNAVAILABLE
 * when that could not be found out; the text is the reason alone.
 */
int resolve(const struct target *, const struct lookup *, struct addresses *,
    struct fault *);

#endif

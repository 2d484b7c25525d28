/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_ROUTE_H
#define DELIVERY_ROUTE_H

#include "config/conf.h"
#include "net/answer.h"

enum { ROUTE_MAX = 16 };

/* One server that may take the mail. */
struct candidate {
	char		 host[ANSWER_NAME];	/* as for struct target */
	uint16_t	 port;
	enum relay_tls	 tls;
	unsigned	 level;		/* equal ones are equally good */
	unsigned	 weight;	/* among these; 0: any order */
	bool		 tried;
};

/* The servers behind a relay, best first. */
struct route {
	const struct relay *relay;
	char		 domain[ANSWER_NAME];	/* of direct://; or "" */
	struct candidate *candidate;	/* its own */
	size_t		 count;
	bool		 implicit;	/* only the domain itself, as its
					   own MX */
	const char	*dsn;		/* of EX_NOHOST */
};

/*
 * Finds the servers of the relay, by way of the name servers where it says so
 * (mx://, srv://, direct://).  domain is that of the recipients for direct://,
 * else "".  Returns -1 with EX_NOHOST when the domain does not exist or takes
 * no mail (RFC 7505), EX_UNAVAILABLE when that could not be found out.  The
 * servers found before are forgotten.
 */
int route_find(struct route *, const struct relay *, const char *domain,
    int64_t deadline, struct fault *);

/* Frees the servers; relay and domain stay. */
void route_free(struct route *);

/*
 * The domain that the certificate of a candidate may be for instead of the
 * host, and must be for when the host is outside of it; NULL: none (not
 * srv://).  RFC 6186 section 6.
 */
const char *route_domain(const struct route *, const struct candidate *,
    bool *outside);

#endif

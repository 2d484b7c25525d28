/* SPDX-License-Identifier: ISC */
#ifndef MAIL_SENDER_MAP_H
#define MAIL_SENDER_MAP_H

#include "mail/addr.h"

/*
 * Which senders become others: pairs of a pattern and an address, all blank
 * separated.  A pattern with "@" is for whole addresses, one without for the
 * local part of those in our domain or on this host.
 */
struct sender_map {
	const char	*pairs;		/* NULL: none */
	const char	*domain, *hostname;
};

/*
 * Looks a complete address up; the first pattern that matches counts.  Returns
 * 1 with the other address, 0 when it stays, or -1 with EX_CONFIG when what it
 * should become is no address.
 */
int sender_map(const struct sender_map *, const char *address,
    char other[ADDR_MAX + 1], struct fault *);

/* True when one of the blank separated patterns matches; "<>" is "". */
bool sender_matches(const char *patterns, const char *address);

#endif

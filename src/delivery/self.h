/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_SELF_H
#define DELIVERY_SELF_H

#include "base/host.h"
#include "config/conf.h"
#include "mail/mail.h"

/* What the caller claims of the mail's origin; NULL: nothing. */
struct claim {
	const char	*sender;	/* -f, -r; the last one counts */
	const char	*name;		/* -F */
	bool		 gateway;	/* -G: the header is not completed */
	int		 hops;		/* -h */
};

/* Who we are on this run: machine, user, and what they put into a mail. */
struct self {
	const struct claim *claim;
	const struct conf *conf;
	char		 host[HOST_NAME_SIZE];
	bool		 qualified;	/* host has a dot */
	const char	*domain;	/* for addresses without one */
	struct host_user user;
	bool		 known;		/* user has been looked up */
};

/* Finds out what is always needed; claim and conf must outlive self. */
void self_know(struct self *, const struct claim *, const struct conf *);

/* Our name for EHLO; NULL: none that is fully qualified. */
const char *self_ehlo(const struct self *);

/*
 * Sets the mail's sender from an argument of -f or MAIL; p == NULL: there is
 * none.  Returns -1 with EX_DATAERR, EX_CONFIG or EX_OSERR.
 */
int self_sender(struct self *, struct mail *, struct str text,
    struct fault *);

/*
 * Whether any relay may get the message: -1 with EX_DATAERR for a line over
 * 998 octets or too many hops.
 */
int self_check(const struct self *, const struct mail *, struct fault *);

/*
 * Makes reverse-path and header what this relay should see; NULL: the
 * first of all.  The envelope's sender must be set.  May
 * be called again for another relay.  Returns -1 with EX_CONFIG (a setting
 * leads to no address) or EX_OSERR.
 */
int self_dress(struct self *, const struct relay *, struct mail *,
    struct fault *);

/* The same for the reverse-path alone, when there is no message yet. */
int self_path(struct self *, const struct relay *, struct mail *,
    struct fault *);

#endif

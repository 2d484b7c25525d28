/* SPDX-License-Identifier: ISC */
#ifndef SELF_H
#define SELF_H

#include "args.h"
#include "base/host.h"
#include "config/conf.h"
#include "mail/mail.h"

/* Who we are on this run: machine, user, and what they put into a mail. */
struct self {
	const struct args *args;
	const struct conf *conf;
	char		 host[HOST_NAME_SIZE];
	bool		 qualified;	/* host has a dot */
	const char	*domain;	/* for addresses without one */
	struct host_user user;
	bool		 known;		/* user has been looked up */
};

/* Finds out what is always needed; args and conf must outlive self. */
void self_know(struct self *, const struct args *, const struct conf *);

/* Our name for EHLO; NULL: none that is fully qualified. */
const char *self_ehlo(const struct self *);

/* The envelope sender when the mail brings none: an address or a login. */
const char *self_sender(struct self *);

/*
 * Lays the header of a mail, whose envelope is complete, out as it will
 * leave.  Returns -1 with EX_DATAERR (a line over 998 octets) or EX_OSERR.
 */
int self_rewrite(struct self *, struct mail *, struct fault *);

#endif

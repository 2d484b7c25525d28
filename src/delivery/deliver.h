/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_DELIVER_H
#define DELIVERY_DELIVER_H

#include "config/conf.h"
#include "mail/mail.h"

struct delivery {
	const struct conf *conf;
	const char	*hostname;	/* for EHLO; NULL: address literal */
	bool		 trace;		/* show the dialogue on stderr */
};

/*
 * Hands the mail to the relays in their order until no recipient is open: the
 * next relay is tried for those that the one before could not take for now.
 * Afterwards every recipient has a result.
 */
void deliver(const struct delivery *, struct mail *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_MAIL_H
#define MAIL_MAIL_H

#include "mail/addr.h"
#include "mail/emit.h"
#include "mail/envelope.h"
#include "mail/message.h"
#include "mail/rewrite.h"

/* One mail on its way: envelope, message, and what will leave. */
struct mail {
	struct envelope	 envelope;
	struct message	 message;
	bool		 implied;	/* nobody has named its sender */
	bool		 own;		/* its sender is the user */
	bool		 kept;		/* the header is complete */
	bool		 eightbit;	/* it is said to be 8BITMIME */
	struct stamp	 stamp;		/* for what is added to it */
	const struct dkim *dkim;	/* what signs it; NULL: nothing */

	/* As the relay at hand gets it. */
	const void	*look;		/* whose settings these show */
	char		 path[ADDR_MAX + 1];	/* the reverse-path */
	struct pieces	 header;	/* views of the message */
	bool		 open;		/* what is signed may be encoded */
	bool		 fixed;		/* the body is to stay as it is */
	const char	*leave;		/* names of fields to keep; or NULL */
	struct fitted	 fitted;	/* its last changes, see mail_fit() */
};

void mail_init(struct mail *);

/* Frees all that belongs to the mail, in one call. */
void mail_free(struct mail *);

/*
 * For a mail whose message.header is already what will leave, with the blank
 * line at its end, which is taken off.  Returns -1 with EX_OSERR.
 */
int mail_keep_header(struct mail *, struct fault *);

#endif

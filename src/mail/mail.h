/* SPDX-License-Identifier: ISC */
#ifndef MAIL_MAIL_H
#define MAIL_MAIL_H

#include "mail/addr.h"
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

	/* As the relay at hand gets it. */
	const void	*look;		/* whose settings these show */
	char		 path[ADDR_MAX + 1];	/* the reverse-path */
	struct pieces	 header;	/* views of the message */
};

void mail_init(struct mail *);

/* Frees all that belongs to the mail, in one call. */
void mail_free(struct mail *);

/*
 * For a mail whose message.header is already what will leave, with the blank
 * line at its end, which is taken off.  Returns -1 with EX_OSERR.
 */
int mail_keep_header(struct mail *, struct fault *);

/* Octets that leave: header, blank line, body; without dot-stuffing. */
uint64_t mail_size(const struct mail *);

/* Reads a mail from its first to its last octet, as often as needed. */
struct mail_reader {
	const struct mail *mail;
	size_t		 piece;		/* next of the header */
	uint64_t	 at;		/* in the body */
	struct buf	 room;
};

void mail_start(struct mail_reader *, const struct mail *);
void mail_stop(struct mail_reader *);

/*
 * The next bytes of the mail, valid until the next call; empty at the end.
 * All of the header comes before the body.  Returns -1 with EX_IOERR.
 */
int mail_next(struct mail_reader *, struct str *bytes, struct fault *);

#endif

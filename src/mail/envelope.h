/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ENVELOPE_H
#define MAIL_ENVELOPE_H

#include "base/pool.h"
#include "mail/alias.h"
#include "mail/dsn.h"
#include "mail/rcpt.h"
#include "mail/service.h"

/*
 * One mail has no more recipients than that, whoever names them; each has a
 * number that fits into 16 bits.
 */
enum { ENVELOPE_RCPT_MAX = 10000 };

/* Envelope of one mail: reverse-path and forward-paths. */
struct envelope {
	char		*sender;	/* addr-spec, "" for the null sender;
					   NULL: not set */
	bool		 utf8;		/* it has octets from 128 up */
	struct service	 service;
	enum dsn_ret	 ret;
	char		*envid;		/* owned; or NULL */
	struct rcpt	*rcpt;
	size_t		 count, room;
	uint16_t	*index;		/* finds duplicates */
	size_t		 slots;		/* in it: a power of two, or 0 */
	struct pool	 pool;		/* what the recipients point at */
	const struct notice *newest;	/* of them; or NULL */
};

/* How addresses without a domain are completed. */
struct qualifier {
	const char	*domain;	/* never NULL */
	struct aliases	*aliases;	/* for recipients; or NULL */
};

void envelope_init(struct envelope *);
void envelope_free(struct envelope *);

/*
 * Sets the sender from an argument: one mailbox, "" or "<>".  Returns -1 with
 * EX_DATAERR or EX_OSERR.
 */
int envelope_sender(struct envelope *, struct str text,
    const struct qualifier *, struct fault *);

/*
 * Adds every mailbox of an argument, which is an address list.  One without a
 * domain is replaced by what its alias stands for, or gets the domain.
 * Duplicates are dropped (domains compare without case).  What is no address,
 * or has an alias that leads to none, is kept as a recipient of state
 * RCPT_PERMANENT with EX_DATAERR, its text (printable, cut when long) as the
 * address and the reason as the reply, so that it is reported like any other
 * failure.  Returns -1 with EX_DATAERR for CR, LF or NUL in the argument,
 * EX_OSERR for lack of memory, and for nothing else.
 */
int envelope_add(struct envelope *, struct str list,
    const struct qualifier *, struct fault *);

/*
 * Adds one recipient known to be a complete address, as it is.  Returns the
 * recipient, or NULL with EX_OSERR, or EX_DATAERR when it is there already.
 */
struct rcpt *envelope_put(struct envelope *, const char *address,
    struct fault *);

/* Sets a sender known to be a complete address or empty.  -1 with EX_OSERR. */
int envelope_put_sender(struct envelope *, const char *address,
    struct fault *);

/*
 * Adds the recipients of -t in the same way: those of every To, Cc and Bcc, or
 * of every Resent-To, Resent-Cc and Resent-Bcc when there is any of these.
 * The header is in canonical form.
 */
int envelope_from_header(struct envelope *, struct str header,
    const struct qualifier *, struct fault *);

/*
 * Adds the one mailbox of an RCPT command, or what its alias stands for.
 * Returns -1 with EX_DATAERR, and nothing added, when it is not one mailbox.
 */
int envelope_rcpt(struct envelope *, struct str mailbox,
    const struct qualifier *, struct fault *);

/*
 * Notes that the client was told no for a recipient: it does not get this
 * mail, and is no duplicate of one that is named later.
 */
void envelope_tell(struct envelope *, size_t rcpt);

/* How many recipients are still to be tried. */
size_t envelope_open(const struct envelope *);

#endif

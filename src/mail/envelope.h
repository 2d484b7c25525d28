/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ENVELOPE_H
#define MAIL_ENVELOPE_H

#include "mail/alias.h"
#include "mail/dsn.h"
#include "mail/service.h"

enum rcpt_state {
	RCPT_PENDING, RCPT_SENT, RCPT_TEMPORARY, RCPT_PERMANENT,
	RCPT_SPOOLED		/* the spool has taken responsibility */
};

/* One recipient and what became of it. */
struct rcpt {
	char		*address;	/* qualified addr-spec; owned */
	char		*orig;		/* the name it is an alias of; owned;
					   NULL: none */
	bool		 utf8;		/* it has octets from 128 up */
	enum rcpt_state	 state;
	bool		 unsure;	/* it may have been delivered */
	bool		 held;		/* not in what is going on just now */
	bool		 told;		/* the sender was told no: dropped */
	int		 code;		/* sysexits code, 0 when sent */
	char		 dsn[12];	/* enhanced status code, RFC 3463 */
	char		*reply;		/* the relay's words, or ours; owned;
					   NULL: none */
	char		*relay;		/* host[ip]:port; owned; or NULL */
	unsigned	 notify;	/* enum dsn_notify */
	char		*orcpt;		/* "rfc822;ADDRESS"; owned; or NULL */
};

/* One mail has no more recipients than that, whoever names them. */
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
	void		*index;		/* finds duplicates */
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

/*
 * True when it is to be tried: pending, or temporary, sure, not told, not held.
 */
bool rcpt_open(const struct rcpt *);

/* How many recipients are still to be tried. */
size_t envelope_open(const struct envelope *);

/* Notes who answers for the recipient; NULL: nobody was reached. */
void rcpt_relay(struct rcpt *, const char *peer);

/*
 * Notes a result; the strings are copied, the text is made printable and cut
 * when very long.  dsn and text may be NULL.
 */
void rcpt_result(struct rcpt *, enum rcpt_state, int code, const char *dsn,
    const char *text);

#endif

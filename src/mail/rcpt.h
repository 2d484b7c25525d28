/* SPDX-License-Identifier: ISC */
#ifndef MAIL_RCPT_H
#define MAIL_RCPT_H

#include "base/fault.h"
#include "base/str.h"

struct envelope;

enum rcpt_state {
	RCPT_PENDING, RCPT_SENT, RCPT_TEMPORARY, RCPT_PERMANENT,
	RCPT_SPOOLED		/* the spool has taken responsibility */
} __attribute__((packed));

/* What was last heard of a recipient, or of many of them. */
struct notice {
	int		 code;		/* sysexits code, 0 when sent */
	char		 dsn[12];	/* enhanced status code, RFC 3463 */
	const char	*reply;		/* the relay's words, or ours, in
					   printable form; "": none */
	const char	*relay;		/* host[ip]:port; "": none */
};

/* What the sender calls a recipient, if he has another name for it. */
struct names {
	const char	*orig;		/* the name of its alias; or NULL */
	const char	*orcpt;		/* "rfc822;ADDRESS"; or NULL */
};

/*
 * One of up to ten thousand recipients.  What it points at lives as long as
 * its envelope; the notice may be other recipients' as well.
 */
struct rcpt {
	const char	*address;	/* qualified addr-spec */
	const struct names *names;	/* never NULL */
	const struct notice *last;	/* never NULL */
	enum rcpt_state	 state;
	unsigned char	 notify;	/* enum dsn_notify */
	bool		 utf8;		/* it has octets from 128 up */
	bool		 unsure;	/* it may have been delivered */
	bool		 held;		/* not in what is going on just now */
	bool		 told;		/* the sender was told no: dropped */
};

/*
 * True when it is to be tried: pending, or temporary, sure, not told, not held.
 */
bool rcpt_open(const struct rcpt *);

/* Starts one with that address.  Returns -1 without memory. */
int rcpt_init(struct envelope *, struct rcpt *, struct str address);

/*
 * Notes other names; one without a pointer leaves what is known.  Returns -1
 * without memory.
 */
int rcpt_called(struct envelope *, struct rcpt *, struct str orig,
    struct str orcpt);

/* Notes what was heard, of which a copy is kept. */
void rcpt_note(struct envelope *, struct rcpt *, const struct notice *);

/* Notes who answers for the recipient; NULL: nobody was reached. */
void rcpt_relay(struct envelope *, struct rcpt *, const char *peer);

/* Notes a result.  dsn may be NULL; an empty text is none. */
void rcpt_result(struct envelope *, struct rcpt *, enum rcpt_state,
    const char *dsn, const struct fault *why);

#endif

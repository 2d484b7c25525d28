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

/*
 * One of up to ten thousand recipients.  What it points at lives as long as
 * its envelope; the notice may be other recipients' as well.
 */
struct rcpt {
	const char	*address;	/* qualified addr-spec */
	const char	*orig;		/* the name of its alias; or NULL */
	const char	*orcpt;		/* "rfc822;ADDRESS"; or NULL */
	const struct notice *last;	/* never NULL */
	enum rcpt_state	 state;
	unsigned char	 notify;	/* enum dsn_notify */
	bool		 utf8;		/* it has octets from 128 up */
	bool		 unsure;	/* it may have been delivered */
	bool		 held;		/* not in what is going on just now */
	bool		 told;		/* the sender was told no: dropped */
};

/* Of whom nothing was heard yet. */
extern const struct notice notice_none;

/*
 * True when it is to be tried: pending, or temporary, sure, not told, not held.
 */
bool rcpt_open(const struct rcpt *);

/* A copy of a text for a recipient of the envelope; NULL: no memory. */
const char *rcpt_text(struct envelope *, struct str);

/* Notes what was heard, of which a copy is kept. */
void rcpt_note(struct envelope *, struct rcpt *, const struct notice *);

/* Notes who answers for the recipient; NULL: nobody was reached. */
void rcpt_relay(struct envelope *, struct rcpt *, const char *peer);

/* Notes a result.  dsn may be NULL; an empty text is none. */
void rcpt_result(struct envelope *, struct rcpt *, enum rcpt_state,
    const char *dsn, const struct fault *why);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ENVELOPE_H
#define MAIL_ENVELOPE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"

enum rcpt_state { RCPT_PENDING, RCPT_SENT, RCPT_TEMPORARY, RCPT_PERMANENT };

/* One recipient and what became of it. */
struct rcpt {
	char		*address;	/* qualified addr-spec; owned */
	enum rcpt_state	 state;
	bool		 unsure;	/* may have been delivered: no 2nd try */
	int		 code;		/* sysexits code, 0 when sent */
	char		 dsn[12];	/* enhanced status code, RFC 3463 */
	char		*reply;		/* the relay's words, or ours; owned */
	char		*relay;		/* host[ip]:port; owned; or NULL */
};

/* Envelope of one mail: reverse-path and forward-paths. */
struct envelope {
	char		*sender;	/* addr-spec, "" for the null sender */
	struct rcpt	*rcpt;
	size_t		 count, room;
	void		*index;		/* finds duplicates */
};

/* How addresses without a domain are completed. */
struct qualifier {
	const char	*domain;
	const char	*root;		/* for the bare name root; or NULL */
};

void envelope_init(struct envelope *);
void envelope_free(struct envelope *);

/* Sets the sender from an argument: one mailbox, "" or "<>". */
int envelope_sender(struct envelope *, struct str text,
    const struct qualifier *, struct fault *);

/*
 * Adds every mailbox of an address list; duplicates are dropped (domains
 * compare without case).  What is no address is kept as a recipient of state
 * RCPT_PERMANENT with EX_DATAERR, so that it is reported like any other
 * failure.  CR, LF and NUL are allowed only where header says so (folding).
 * Returns -1 for these, for lack of memory and nothing else.
 */
int envelope_add(struct envelope *, struct str list,
    const struct qualifier *, struct fault *);

/* Adds the recipients of -t: To, Cc, Bcc, or the first Resent- block. */
int envelope_from_header(struct envelope *, struct str header,
    const struct qualifier *, struct fault *);

/* Recipients that are still to be tried (pending, or temporary and sure). */
size_t envelope_open(const struct envelope *);

/* Notes a result; texts are copied, the reply is made printable. */
void rcpt_result(struct rcpt *, enum rcpt_state, const struct fault *why,
    const char *dsn);

#endif

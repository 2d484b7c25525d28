/* SPDX-License-Identifier: ISC */
#ifndef FUZZ_RELAY_H
#define FUZZ_RELAY_H

#include "base/buf.h"

/*
 * A relay that plays a script instead of listening on a socket.  It takes the
 * place of the system calls and of TLS below a stream, so that a session is
 * one thread, never waits, and does the same each time.
 *
 * The script is replies, one for each line heard; a message counts as one.
 * Where it ends, the connection is closed.
 *
 *	!	before a reply: it is said without waiting for a line
 *	~	before a reply: silence from here on
 *	^	before a reply: the connection breaks
 *	{TEXT}	TEXT in base64, in it % stands for the client's nonce
 */
struct script {
	struct str	 text;
	bool		 verified;	/* its certificate is the right one */
	bool		 binds;		/* it has channel binding */
	bool		 small;		/* octets come and go in small pieces */
	bool		 open;		/* the password may be said in clear */

	struct buf	 heard, saying;
	size_t		 judged;	/* of heard: it was looked at */
	size_t		 due;		/* replies */
	size_t		 chunk;		/* octets of BDAT still to come */
	bool		 data;		/* a message is being heard */
	bool		 blocked;	/* the last write had to wait */
	bool		 tls;
};

/* The script of the session that follows; a descriptor for it. */
int script_start(struct script *, struct str text);
void script_end(struct script *);

#endif

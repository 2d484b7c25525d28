/* SPDX-License-Identifier: ISC */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include <stdint.h>

#include "base/sandbox.h"
#include "base/watch.h"
#include "config/conf.h"
#include "net/stream.h"
#include "smtp/reply.h"

enum { SESSION_PEER_MAX = 384, SESSION_WAITING = 1000 };

/* What the server offered in its last EHLO reply. */
struct capabilities {
	bool		 esmtp, starttls, pipelining, eightbit, size, dsn;
	bool		 smtputf8, chunking, binary, auth, verify, expand;
	bool		 by, priority, requiretls;
	int64_t		 by_least;	/* of DELIVERBY, seconds; 0: none */
	uint64_t	 size_limit;	/* 0: none given */
	struct buf	 mechanisms;	/* blank separated */
};

/* One SMTP session with a relay, shared by the files of this folder. */
struct session {
	const struct relay *relay;
	const char	*hostname;	/* for EHLO; NULL: address literal */
	const char	*host;		/* the server, for its certificate */
	const char	*domain;	/* its certificate may be for this one
					   as well; or NULL */
	uint16_t	 port;
	enum relay_tls	 tls;
	int64_t		 limit;		/* deadline of everything */
	bool		 trace;		/* show the dialogue on stderr */
	struct watch	*watch;		/* or NULL */
	int64_t		 waited;	/* ms, for the greeting so far */
	bool		 greeted;	/* it is there to be read */
	bool		 last;		/* no other mail follows the next */
	bool		 only;		/* nothing but this session is needed
					   any more; see session_part() */
	bool		 keeps;		/* but a place for mail that fails */
	bool		 leaves;	/* the process ends with it */
	bool		 alone;		/* this relay's AUTH takes no company */

	struct stream	*stream;
	char		 peer[SESSION_PEER_MAX];	/* host[ip]:port */
	struct capabilities can;
	struct reply	 reply;		/* the last one */
	unsigned	 waiting;	/* commands without reply yet */
	size_t		 crowd;		/* recipients a transaction holds, as
					   the relay has said; or 0 */
	bool		 unproven;	/* AUTH is sent, its reply not read */
	bool		 probed;	/* QUIT has asked who still listens */
	bool		 quit;		/* QUIT is sent, its reply not read */
	bool		 lost;		/* the connection is of no more use */
};

/*
 * Where nothing else is needed, enters the last phase of the sandbox, for
 * good, unless that was done while connecting.  A login that is not waited
 * for must have worked, and the reply to MAIL have come, for it may take
 * another session.
 */
void session_part(struct session *);

/* Which phase that is. */
enum sandbox_phase session_phase(const struct session *);

#endif

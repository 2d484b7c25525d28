/* SPDX-License-Identifier: ISC */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "delivery/self.h"

enum mode {
	MODE_SEND,		/* -bm: read a message, send it */
	MODE_SERVE,		/* -bs: SMTP on standard input and output */
	MODE_VERIFY,		/* -bv: tell what would happen to addresses */
	MODE_LIST,		/* -bp, mailq: show the spool */
	MODE_ALIASES,		/* -bi, newaliases: check the aliases */
	MODE_RUN,		/* -q: deliver what is spooled */
	MODE_DRAIN,		/* --drain: what of it is due */
	MODE_DELETE, MODE_HOLD, MODE_RELEASE,	/* one spooled mail */
	MODE_CHECK,		/* --check: what a mail would meet */
	MODE_STATS,		/* --stats: the spool in numbers */
	MODE_IMPORT,		/* --import: what another program's say */
	MODE_SETTINGS,		/* -d0: show versions and settings */
	MODE_NOTHING,		/* -bd, -bD, -bt...: not for this program */
	MODE_HELP, MODE_VERSION
};

enum { ARGS_INERT = 8 };

/* The command line, taken apart.  Strings are argv's. */
struct args {
	enum mode	 mode;
	bool		 from_header;	/* -t */
	bool		 dots;		/* -i, -oi: a lone dot is text */
	bool		 verbose;	/* -v */
	bool		 quiet;		/* -eq: no messages, no dead.letter */
	bool		 no_alias;	/* -n */
	bool		 json;		/* -j */
	char		 delivery;	/* -od: 'i', 'b', 'q'; 0: not given */
	bool		 debug;		/* -d, -d0 */
	bool		 dry_run;
	bool		 test_send;	/* --send */
	bool		 eightbit;	/* -B 8BITMIME */
	struct claim	 claim;		/* -f -r -F -G -h */
	const char	*tag;		/* -L */
	const char	*config;	/* --config */
	const char	*notify, *ret, *envid;	/* -N -R -V: DSN */
	const char	*by, *priority;	/* -O DeliverBy, MtPriority */
	bool		 tls, utf8;	/* -O RequireTLS, SMTPUTF8 */
	const char	*id;		/* --delete, --hold, --release; or a
					   mode that is not there */
	const char	*run_id, *run_rcpt, *run_sender; /* -qI -qR -qS */
	int64_t		 run_interval;	/* -q15m, in ms; 0: once */
	const char	*program;	/* last component of argv[0] */
	char		**rcpt;		/* the other arguments */
	int		 count;
	/* Options that elsewhere write or read files, for the log. */
	struct { const char *name, *value; } inert[ARGS_INERT];
	int		 inert_count;
};

/*
 * Reads argv as sendmail, Postfix and OpenSMTPD do: clustered letters, glued
 * and separate values, options behind recipients too, up to "--".  argv is
 * put into another order.  Returns -1 with EX_USAGE and getopt's wording, or
 * EX_DATAERR for a line break in an argument.
 */
int args_parse(struct args *, int argc, char *argv[], struct fault *);

/* True when a relay may be needed. */
bool args_sends(const struct args *);

#endif

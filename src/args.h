/* SPDX-License-Identifier: ISC */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

enum mode {
	MODE_SEND,		/* -bm: read a message, send it */
	MODE_SERVE,		/* -bs: SMTP on standard input and output */
	MODE_VERIFY,		/* -bv: tell what would happen to addresses */
	MODE_LIST,		/* -bp, mailq: show the spool */
	MODE_ALIASES,		/* -bi, newaliases: check the aliases */
	MODE_RUN,		/* -q: deliver what is spooled */
	MODE_DELETE, MODE_HOLD, MODE_RELEASE,	/* one spooled mail */
	MODE_NOTHING,		/* -bd, -bD, -bt...: not for this program */
	MODE_HELP, MODE_VERSION
};

/* The command line, taken apart.  Strings are argv's. */
struct args {
	enum mode	 mode;
	bool		 from_header;	/* -t */
	bool		 dots;		/* -i, -oi: a lone dot is text */
	bool		 verbose;	/* -v */
	bool		 no_alias;	/* -n */
	bool		 quiet;		/* -oeq, -eq: no dead.letter */
	bool		 json;		/* -j */
	char		 delivery;	/* -od: 'i', 'b', 'q'; 0: not given */
	bool		 dry_run;
	bool		 eightbit;	/* -B 8BITMIME */
	const char	*sender;	/* -f, -r; the last one counts */
	const char	*name;		/* -F */
	const char	*config;	/* --config */
	const char	*notify, *ret, *envid;	/* -N -R -V: DSN */
	const char	*id;		/* --delete, --hold, --release */
	const char	*run_id, *run_rcpt, *run_sender; /* -qI -qR -qS */
	int64_t		 run_interval;	/* -q15m, in ms; 0: once */
	const char	*program;	/* last component of argv[0] */
	char		**rcpt;		/* the other arguments */
	int		 count;
};

/* One row of the option table, from which --help is printed. */
struct option_row {
	char		 letter;
	char		 takes;		/* 0: nothing, ':': a value, '?': glued */
	const char	*help;		/* one line; "ignored" ones say so */
};

extern const struct option_row option_table[];

/*
 * Reads argv as sendmail, Postfix and OpenSMTPD do: clustered letters, glued
 * and separate values, "--"; options end at the first other argument.
 * Returns -1 with EX_USAGE and getopt's wording.
 */
int args_parse(struct args *, int argc, char *argv[], struct fault *);

/* True when a relay may be needed. */
bool args_sends(const struct args *);

#endif

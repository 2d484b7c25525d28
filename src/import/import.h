/* SPDX-License-Identifier: ISC */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"

/*
 * Prints the configuration that does what another program's does: msmtp,
 * ssmtp, nullmailer, dma, esmtp, Postfix or Exim as Debian sets it up.  path
 * is its file, or nullmailer's directory; NULL: the first that is found in the
 * usual places.  What cannot be said in ours becomes a comment.  No password
 * is printed, but where it stands.  Returns -1 with EX_NOINPUT, EX_CONFIG (of
 * no known program), EX_NOPERM or EX_OSERR.
 */
int import(const char *path, struct fault *);

/* The rest is for the readers of this folder, one for each program. */

/* What an import has come to: lines of our configuration. */
struct import {
	const char	*path;		/* what is read */
	struct buf	 global;	/* lines for the whole file */
	struct buf	 relays;	/* relays, with theirs */
	unsigned	 secrets;	/* password files named so far */
	struct fault	*fault;
};

typedef int import_reader(struct import *, struct str text);
import_reader import_msmtp, import_ssmtp, import_nullmailer, import_dma,
    import_esmtp, import_postfix, import_exim;

/* A line of a file, trimmed. */
struct import_line {
	struct str	 text;
	unsigned	 number;	/* counted from 1; start with 0 */
};

/* The next line that is neither empty nor a comment (#); false at the end. */
bool import_next(struct str *rest, struct import_line *);

/*
 * Appends the text of another file that belongs to the first one.  Returns
 * false, and a note says so where that matters, when it cannot be read.
 */
bool import_file(struct import *, const char *path, struct buf *text);

/* The first line of such a file, kept in the buffer; empty: there is none. */
struct str import_first(struct import *, const char *path, struct buf *text);

/* Adds a line of ours for a name, or for a file whose first line has it. */
void import_name(struct import *, const char *keyword, struct str name);

/* Splits "key value", "key = value" or "key=value"; quotes around are off. */
void import_pair(struct str line, struct str *key, struct str *value);

/* Adds a line of ours with one word, quoted if need be; nothing for none. */
void import_set(struct buf *, const char *keyword, struct str value);

/* Adds a line of ours with as many words as the format makes. */
void import_fmt(struct buf *, const char *keyword, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a comment. */
void import_note(struct buf *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a password: it stands in a line of path, or 0: not there. */
void import_secret(struct import *, const char *path, unsigned line);

enum import_tls { IMPORT_CLEAR, IMPORT_OFFERED, IMPORT_STARTTLS, IMPORT_TLS };

/* A relay as the others describe it. */
struct import_relay {
	struct str	 host;		/* name, address, or path of a socket */
	uint16_t	 port;		/* 0: the usual */
	enum import_tls	 tls;
	bool		 lmtp;
	bool		 mx;		/* host is a domain */
	bool		 login;		/* with a password */
};

/* Adds a relay line, and what must be said of it. */
void import_relay(struct import *, const struct import_relay *);

/* A port's number; 0: it is none. */
uint16_t import_port(struct str);

/* True for yes, on, true, 1 in any case. */
bool import_yes(struct str);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include "base/buf.h"
#include "base/fault.h"

enum { REPLY_LINE_MAX = 2048, REPLY_TEXT_MAX = 64 * 1024 };

/* A reply of an SMTP server, RFC 5321 section 4.2. */
struct reply {
	int		 code;		/* 200-599; 0 before the first line */
	char		 dsn[12];	/* enhanced status code, or "" */
	struct buf	 text;		/* lines without code, joined by LF */
	unsigned	 lines;
};

void reply_init(struct reply *);
void reply_free(struct reply *);

/* Forgets what was read, to read the next reply. */
void reply_clear(struct reply *);

/*
 * Takes one more line (without its line end).  Returns 1 when the reply goes
 * on, 0 when it is complete, -1 with EX_PROTOCOL for what is no reply line, a
 * code that changes inside the reply, or too much text.
 */
int reply_line(struct reply *, struct str line, struct fault *);

/*
 * The reply as one line "550 5.1.1 no such user" in buf, made printable;
 * lines of a longer reply are joined by a space.
 */
void reply_format(const struct reply *, char *dst, size_t size);

/* The exit code for a reply that refuses; permanent: the code for a 5yz. */
int reply_refusal(const struct reply *, int permanent);

/* The dsn, or the generic one of the code's class ("5.0.0"). */
const char *reply_dsn(const struct reply *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "mail/store.h"

enum { MESSAGE_LINE_MAX = 998, MESSAGE_HEADER_MAX = 16 * 1024 * 1024 };

/*
 * A message as it was read, in canonical form: every line ends in CRLF, there
 * is no other CR or LF and no NUL (RFC 5321 section 2.3.8).
 */
struct message {
	struct buf	 header;	/* the fields, without the blank line */
	struct store	 body;
	struct scratch	 scratch;	/* for the header, if it is long */
	uint64_t	 lines;		/* input lines read */
	uint64_t	 long_line;	/* first line over 998 octets, or 0 */
	uint64_t	 long_length;	/* its length without line end */
	bool		 header_8bit, body_8bit;
	bool		 header_long, body_long;	/* over 998 octets */
	bool		 body_dots;	/* a body line starts with a dot */
};

struct message_limits {
	uint64_t	 size;		/* octets of input; 0: no limit */
	bool		 dots;		/* a lone dot is text (-i) */
};

/* It must not be moved in memory any more. */
void message_init(struct message *);
void message_free(struct message *);

/*
 * The first octets of a message, at which nobody has looked yet, or all of
 * them.
 */
struct opening {
	struct buf	 bytes;
	int		 error;		/* errno, of a read that failed */
	bool		 whole;		/* no more are to come */
	bool		 typed;		/* on a terminal: nothing was read */
};

/*
 * Reads up to 2 KiB of fd, or to its end, or to an error,
 * which is message_read()'s to tell.  dots as in the limits.
 */
void opening_read(struct opening *, int fd, bool dots);
void opening_free(struct opening *);

/*
 * Takes the opening, which is freed, and reads fd to its end.  LF, CRLF and
 * mixes of both end a line; a bare CR and a NUL become a space; leading mbox
 * "From " lines are dropped; a missing blank line is supplied before the first
 * line that is no header field.  A lone dot ends the input on a terminal and is
 * dropped as the last line, unless limits->dots.  Returns -1 with EX_NOINPUT
 * (nothing can be read), EX_IOERR or EX_DATAERR (a limit was passed).
 */
int message_read(struct message *, int fd, struct opening *,
    const struct message_limits *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_SERVER_H
#define SMTP_SERVER_H

#include <stdint.h>

#include "mail/intake.h"

enum { SERVER_RCPT_MAX = 10000 };

enum server_verb {
	SERVER_MAIL, SERVER_RCPT, SERVER_DATA, SERVER_RESET, SERVER_VERIFY,
	SERVER_EXPAND
};

/* What the client wants and only the caller can answer. */
struct server_request {
	enum server_verb verb;
	struct str	 address;	/* inside the <>, with these if it
					   has a route; or VRFY's argument */
	struct str	 parameters;	/* ESMTP parameters, checked */
};

/* The server's side of an SMTP dialogue over two descriptors (-bs). */
struct server {
	int		 in, out;
	bool		 socket;	/* in is one: the client may be far */
	const char	*hostname;
	struct message_limits limits;

	struct buf	 input;
	size_t		 at;		/* of input: first octet not yet used */
	struct buf	 line;		/* the command being read */
	struct buf	 output;
	bool		 greeted;	/* HELO or EHLO was said */
	bool		 mail;		/* MAIL was taken */
	unsigned	 rcpts;		/* RCPTs taken */
	bool		 quit;
	struct intake	 intake;	/* of DATA or BDAT */
	struct message	*message;	/* being taken in; NULL: none */
	struct fault	 refused;	/* why the message cannot be taken */
};

/* Greets the client on standard output; the hostname is the caller's. */
void server_open(struct server *, const char *hostname,
    const struct message_limits *);
void server_free(struct server *);

/*
 * Reads commands and answers what concerns only the dialogue (EHLO, NOOP,
 * HELP, wrong syntax, wrong order), up to one that the caller must answer with
 * server_reply().  SERVER_DATA comes when the whole message has been read into
 * the one given, which the caller empties before the next.  Views in the
 * request hold until the next call.  Returns 1; 0 when the client has quit or
 * gone between mails; -1 when it went in the middle of one (EX_NOINPUT) or
 * cannot be read or written (EX_IOERR).
 */
int server_next(struct server *, struct message *, struct server_request *,
    struct fault *);

/*
 * Answers the request: a code, and text whose lines end in LF, as they came
 * from a relay or from us.  2yz takes the sender, the recipient, the message.
 */
void server_reply(struct server *, const struct server_request *, int code,
    const char *text);

/* Takes back what the client has begun; empties a message under way. */
void server_forget(struct server *);

/* The value of an ESMTP parameter; false when it was not given. */
bool server_parameter(const struct server_request *, const char *name,
    struct str *value);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_MIME_H
#define MAIL_MIME_H

#include "mail/pieces.h"
#include "mail/spans.h"

/* How much of what MIME can say is left when a body may pass. */
enum mime_domain {
	MIME_7BIT,		/* ASCII, lines of at most 998 octets */
	MIME_8BIT,		/* any octets, such lines */
	MIME_BINARY		/* any lines */
};

struct mime_rules {
	enum mime_domain limit;		/* what the relay takes */
	bool		 utf8;		/* headers of parts may be UTF-8 */
	bool		 open;		/* also what is signed or encrypted */
};

/* A message whose body must change. */
struct mime {
	struct str	 header;	/* its fields, without the blank line */
	const struct store *body;

	/* What comes of it; the owner frees both. */
	struct pieces	 top;		/* the header: views of it */
	struct spans	 spans;		/* the body */
	enum mime_domain domain;	/* what the body then is */
};

/*
 * Brings the body within the limit: leaves that pass it are encoded in
 * quoted-printable or base64, whichever is shorter, labels of transfer
 * encodings say what then is, headers of parts that pass it are made fit (see
 * header_fit()), and every other octet stays as and where it is.
 * Two passes over the body at most, besides those that read the result.
 * Returns -1 with EX_DATAERR when that cannot be done without loss (the text
 * says why), EX_IOERR or EX_OSERR.
 */
int mime_plan(struct mime *, const struct mime_rules *, struct fault *);

#endif

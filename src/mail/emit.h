/* SPDX-License-Identifier: ISC */
#ifndef MAIL_EMIT_H
#define MAIL_EMIT_H

#include "mail/pieces.h"
#include "mail/spans.h"

struct mail;

/* What a body may be called in MAIL. */
enum mail_kind { MAIL_AS_READ, MAIL_7BIT, MAIL_8BIT, MAIL_BINARY };

/* What mail_fit() had to change. */
struct fitted {
	struct buf	 text;		/* what the header views */
	struct pieces	 header;	/* empty: mail.header */
	struct spans	 body;		/* empty: message.body */
	enum mail_kind	 kind;		/* MAIL_AS_READ: not fitted */
};

/* Octets that leave: header, blank line, body; without dot-stuffing. */
uint64_t mail_size(const struct mail *);

/* What it is to be called, never MAIL_AS_READ; it may claim to be 8-bit. */
enum mail_kind mail_kind(const struct mail *);

/* True when lines of its body may start with a dot. */
bool mail_has_dots(const struct mail *);

/* Reads a mail from its first to its last octet, as often as needed. */
struct mail_reader {
	const struct mail *mail;
	struct pieces_reader header;
	uint64_t	 at;		/* in the body that leaves */
	struct spans_reader spans;
	struct buf	 room;
};

void mail_start(struct mail_reader *, const struct mail *);
void mail_stop(struct mail_reader *);

/*
 * The next bytes of the mail, valid until the next call; empty at the end.
 * All of the header comes before the body.  Returns -1 with EX_IOERR.
 */
int mail_next(struct mail_reader *, struct str *bytes, struct fault *);

/*
 * Where in a file the next bytes lie, at most max octets: none when they do
 * not.  mail_skip() says how many have been had from there.
 */
void mail_extent(const struct mail_reader *, uint64_t max, struct extent *);
void mail_skip(struct mail_reader *, uint64_t n);

#endif

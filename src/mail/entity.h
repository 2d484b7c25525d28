/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ENTITY_H
#define MAIL_ENTITY_H

#include <stdint.h>

#include "mail/encoder.h"

/* What can be done about the body of an entity. */
enum entity_kind {
	ENTITY_LEAF,		/* it may be encoded */
	ENTITY_PROSE,		/* a leaf, but as quoted-printable only */
	ENTITY_MULTIPART,	/* parts are inside, RFC 2046 section 5.1 */
	ENTITY_MESSAGE,		/* one message is inside, section 5.2.1 */
	ENTITY_SEALED,		/* signed or encrypted */
	ENTITY_FIXED,		/* it may not be encoded, whatever is in it */
	ENTITY_OUTSIDE,		/* no entity: text before or behind the parts */
	ENTITY_PADDING		/* no entity: a boundary, then blanks */
};

/* Its Content-Transfer-Encoding, RFC 2045 section 6. */
enum entity_label {
	LABEL_NONE, LABEL_7BIT, LABEL_8BIT, LABEL_BINARY, LABEL_QP,
	LABEL_BASE64,
	LABEL_PRIVATE,		/* an encoding that we do not know */
	LABEL_WRONG		/* no encoding */
};

struct entity {
	enum entity_kind kind;
	enum entity_label label;
	size_t		 parent, depth;
	uint64_t	 header;	/* where it starts in the body store */
	size_t		 header_n;	/* octets, without the blank line */
	uint64_t	 body, end;
	bool		 blank;		/* a blank line ends the header */
	bool		 message;	/* the header is that of a message */
	bool		 typed, versioned;	/* the fields are there */
	bool		 digest;	/* untyped parts are messages */
	bool		 high, wide;	/* 8-bit octets, lines over 998 in the
					   body, but not of entities inside */
	bool		 header_high, header_wide;
	bool		 delimited;	/* a line with its boundary was seen */
	const char	*why;		/* FIXED, SEALED: what it is */
};

/*
 * Takes label, typed, versioned, kind and digest from a header, whose part of
 * a multipart/digest it may be.  Appends the boundary of a multipart.
 */
void entity_read(struct entity *, struct str header, bool in_digest,
    struct buf *boundary);

#endif

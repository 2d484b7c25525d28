/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ENCODER_H
#define MAIL_ENCODER_H

#include <stdint.h>

#include "base/buf.h"

enum encoder_code {
	ENCODER_NONE,		/* as it is */
	ENCODER_QP,		/* quoted-printable, RFC 2045 section 6.7 */
	ENCODER_BASE64,		/* section 6.8; no line end behind the last */
	ENCODER_MEND_QP,	/* such text with 8-bit octets, long lines */
	ENCODER_MEND_BASE64	/* the same; what no decoder heeds is dropped */
};

enum { ENCODER_LINE = 76, ENCODER_HELD = 72 };

/* Text in canonical form on its way through a transfer encoding. */
struct encoder {
	enum encoder_code code;
	unsigned	 column;	/* of the line that leaves */
	unsigned	 from;		/* octets of "From" at its start */
	bool		 cr;		/* a CR is held back */
	bool		 broken;	/* the line starts after our break */
	unsigned	 n;		/* octets held back ... */
	char		 held[ENCODER_HELD];	/* ... until more is known */
};

void encoder_start(struct encoder *, enum encoder_code);

/*
 * Takes more text and appends what can be said of it; last: no more follows.
 * However the text is cut into pieces, the result is the same: lines of at
 * most 76 octets of printable ASCII, none of which could be taken for a
 * boundary, the end of an SMTP message or the start of an mbox message.
 * Never more than ENCODER_GROWTH(n) octets.
 */
#define ENCODER_GROWTH(n)	((n) * 4 + 4 * ENCODER_HELD)
int encoder_take(struct encoder *, struct str, bool last, struct buf *);

/* What n octets become in base64. */
uint64_t encoder_base64_size(uint64_t n);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_MEASURE_H
#define MAIL_MEASURE_H

#include "mail/spans.h"

/* Octets of a store, and what is found out about them. */
struct measure {
	const struct store *store;
	uint64_t	 at, n;
	bool		 utf8;		/* all of it is UTF-8 */
};

/*
 * Finds the size that the octets get in an encoding, by encoding them.  With
 * ENCODER_BASE64, quoted-printable takes its place where that is not longer.
 * Returns -1 with EX_IOERR or EX_OSERR.
 */
int measure(struct measure *, struct coding *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_CANONICAL_H
#define MAIL_CANONICAL_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>
#include <sha2.h>

#include "base/str.h"

/*
 * A hash over text in a canonical form of RFC 6376 section 3.4: relaxed or
 * simple.  The text has CRLF line ends.
 */
struct canonical {
	SHA2_CTX	 hash;
	bool		 relaxed;
	bool		 begun;		/* something was hashed */
	bool		 blank;		/* white space is held back */
	uint64_t	 ends;		/* so are line ends */
	size_t		 n;		/* octets in out */
	char		 out[4096];
};

void canonical_start(struct canonical *, bool relaxed);

/* Hashes more of the body, in pieces of any size (sections 3.4.3, 3.4.4). */
void canonical_body(struct canonical *, struct str);

/* Ends the body: line ends at its end become one. */
void canonical_body_end(struct canonical *);

/*
 * Hashes one field, name and final CRLF included (sections 3.4.1, 3.4.2); the
 * last one, the signature, has no CRLF and gets none.
 */
void canonical_field(struct canonical *, struct str raw);

void canonical_digest(struct canonical *,
    unsigned char digest[SHA256_DIGEST_LENGTH]);

#endif

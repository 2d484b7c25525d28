/* SPDX-License-Identifier: ISC */
#ifndef NET_ROOTS_H
#define NET_ROOTS_H

#include <stdint.h>

#include "base/buf.h"

/* Where a certificate stands in roots_der, and its subject in that; octets. */
struct root {
	uint32_t	at, size;
	uint32_t	subject, subject_size;
};

/*
 * CA certificates inside the program, in DER form, ordered by subject: none,
 * unless it was built with CA_BUNDLE (src/deps/roots.sh writes the tables).
 */
extern const uint32_t roots_count;
extern const struct root roots_table[];
extern const unsigned char roots_der[];

/* As certs_find(), of the certificates in the program. */
int roots_find(struct str subject, size_t *at, struct buf *out);

/*
 * What an octet of a name is compared as: ASCII case does not count, nor do the
 * tags of UTF8String and PrintableString, as CAs have been known to write the
 * same name in both ways.  Never tells names apart that are equal; the library
 * compares them properly.
 */
static inline unsigned char
roots_fold(unsigned char c)
{
	return c == 0x13 ? 0x0c : (unsigned char)ascii_lower((char)c);
}

#endif

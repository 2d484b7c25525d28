/* SPDX-License-Identifier: ISC */
#ifndef NET_CERTS_H
#define NET_CERTS_H

#include "base/buf.h"
#include "base/fault.h"

/*
 * The trusted CA certificates: a file of them in PEM form, mapped, not parsed,
 * or those inside the program.
 */
struct certs {
	struct str	 pem;		/* none: those inside */
	const char	*path;		/* NULL: not open */
};

/*
 * Maps the file; NULL: the first of the known system bundles that exists, else
 * what is inside the program.  Returns -1 with EX_CONFIG and, for NULL, the
 * list of places tried.
 */
int certs_open(struct certs *, const char *path, struct fault *);
bool certs_are_open(const struct certs *);
void certs_close(struct certs *);

/* How many certificates are inside the program. */
size_t certs_built_in(void);

/*
 * Finds the next certificate whose subject is this DER-encoded name (ASCII
 * case and the kind of string do not count), from *at on (start with 0), and
 * appends its DER form to out.  Only as much of each certificate is decoded as
 * its subject needs.  Returns 1, or 0 when there is no more or no file is open.
 * Not checked is anything behind the subject.
 */
int certs_find(const struct certs *, struct str subject, size_t *at,
    struct buf *out);

#endif

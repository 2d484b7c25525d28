/* SPDX-License-Identifier: ISC */
#ifndef NET_CREDENTIALS_H
#define NET_CREDENTIALS_H

#include "config/conf.h"
#include "net/certs.h"

/* The files that TLS with a relay takes, kept at hand. */
struct credentials {
	struct certs	 roots;		/* not open: there are none */
	struct buf	 cert, key;	/* PEM with a NUL behind; empty: none */
	struct fault	 no_roots, no_own;	/* why not; 0: none asked */
};

/*
 * Opens the files of the relay and lets it keep them, for a time when they
 * can no longer be opened.  What is missing is told to who needs it.  Returns
 * -1 with EX_OSERR.
 */
int credentials_keep(struct relay *, struct fault *);

/* Wipes the key. */
void credentials_drop(struct relay *);

#endif

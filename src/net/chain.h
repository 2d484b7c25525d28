/* SPDX-License-Identifier: ISC */
#ifndef NET_CHAIN_H
#define NET_CHAIN_H

#include <stddef.h>
#include <stdint.h>

enum { CHAIN_MAX = 10, CHAIN_NAME = 128 };

/* A certificate as far as people want to know it; all text is printable. */
struct certificate {
	char	 subject[CHAIN_NAME], issuer[CHAIN_NAME];
	int64_t	 from, to;		/* valid; seconds since 1970 */
};

/* What the peer has sent, its own certificate first. */
struct chain {
	struct certificate certificate[CHAIN_MAX];
	size_t	 count;
	char	 pin[sizeof("sha256:") + 64];	/* of its own; "": none */
};

#endif

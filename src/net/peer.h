/* SPDX-License-Identifier: ISC */
#ifndef NET_PEER_H
#define NET_PEER_H

#include <mbedtls/ssl.h>

#include "net/certs.h"
#include "net/chain.h"
#include "net/tls.h"

/* The other side of a session: who it should be, what its certificate is. */
struct peer {
	char		 host[MBEDTLS_SSL_MAX_HOST_NAME_LEN + 1];
	const char	*domain;	/* or this; or NULL; the caller's */
	const char	*pins;		/* the caller's; NULL: none */
	struct certs	 certs;		/* not open: nobody is trusted */
	bool		 kept;		/* they are not ours to close */
	int		 top;		/* depth of the chain's last */
	bool		 pinned;	/* a pin matched */
	char		 pin[sizeof("sha256:") + 64];
	struct buf	 reasons;	/* what is wrong, as text */
};

/*
 * Checks name and pins and opens the CA bundle, which may be missing when
 * nothing depends on it.  Returns -1 with EX_CONFIG.
 */
int peer_open(struct peer *, const struct tls_settings *, struct fault *);
void peer_close(struct peer *);

/* The trusted certificates with the name of the issuer: for the library. */
int peer_roots(void *peer, const mbedtls_x509_crt *child,
    mbedtls_x509_crt **roots);

/*
 * The library's verdict on one certificate of the chain, from the topmost
 * (depth > 0) to the peer's own (0): corrects it where names, pins and
 * certificates that are trusted themselves are concerned.
 */
int peer_judge(void *peer, mbedtls_x509_crt *, int depth, uint32_t *flags);

/* The chain that starts with this certificate, NULL: none; and the pin. */
void peer_chain(const struct peer *, const mbedtls_x509_crt *,
    struct chain *);

/* Stores why the certificate was refused; returns -1. */
int peer_refuse(struct peer *, uint32_t flags, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef NET_OWN_H
#define NET_OWN_H

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "net/tls.h"

/* Our own certificate, for relays that ask for one, and its key. */
struct own {
	mbedtls_x509_crt	chain;
	mbedtls_pk_context	key;
};

enum { OWN_PEM_MAX = 256 * 1024 };

void own_init(struct own *);

/*
 * Loads both from the files of the settings; without a key file the key is in
 * the certificate's.  Returns -1 with EX_CONFIG, EX_NOPERM (the key can be read
 * by others) or EX_OSERR.
 */
int own_load(struct own *, const struct tls_settings *, struct fault *);

/* Wipes the key. */
void own_free(struct own *);

#endif

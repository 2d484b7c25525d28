/* SPDX-License-Identifier: ISC */
#ifndef NET_GCM_H
#define NET_GCM_H

#include <stdbool.h>

#include <mbedtls/gcm.h>

/* True when this machine is faster with AES-256-GCM than with ChaCha20. */
bool gcm_quick(void);

/*
 * Encrypts as Mbed TLS's function of this name, in whose place it is called;
 * what is not for it goes there.
 */
int __wrap_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *, int mode,
    size_t n, const unsigned char *iv, size_t iv_n, const unsigned char *ad,
    size_t ad_n, const unsigned char *in, unsigned char *out, size_t tag_n,
    unsigned char *tag);

int __real_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *, int mode,
    size_t n, const unsigned char *iv, size_t iv_n, const unsigned char *ad,
    size_t ad_n, const unsigned char *in, unsigned char *out, size_t tag_n,
    unsigned char *tag);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef NET_CURVE_H
#define NET_CURVE_H

#include <mbedtls/ecp.h>

/*
 * R = m * P, as Mbed TLS's functions of these names: they are called in their
 * place, and for all curves but X25519 they call them.
 */
int __wrap_mbedtls_ecp_mul(mbedtls_ecp_group *, mbedtls_ecp_point *r,
    const mbedtls_mpi *m, const mbedtls_ecp_point *p, mbedtls_f_rng_t *,
    void *state);
int __wrap_mbedtls_ecp_mul_restartable(mbedtls_ecp_group *,
    mbedtls_ecp_point *r, const mbedtls_mpi *m, const mbedtls_ecp_point *p,
    mbedtls_f_rng_t *, void *state, mbedtls_ecp_restart_ctx *);

int __real_mbedtls_ecp_mul_restartable(mbedtls_ecp_group *,
    mbedtls_ecp_point *r, const mbedtls_mpi *m, const mbedtls_ecp_point *p,
    mbedtls_f_rng_t *, void *state, mbedtls_ecp_restart_ctx *);

#endif

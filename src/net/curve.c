/* SPDX-License-Identifier: ISC */
/*
 * X25519 (RFC 7748) by libsodium, ten times as fast as by Mbed TLS, which has
 * one arithmetic for all curves: the first half of a TLS handshake is little
 * else.  The linker directs Mbed TLS's multiplication of points here (--wrap);
 * other curves go back to it.
 */
#include <string.h>

#include <mbedtls/ecp.h>
#include <sodium/crypto_scalarmult_curve25519.h>

#include "net/curve.h"

enum { SIZE = crypto_scalarmult_curve25519_BYTES };

/* Multiplies the point of this u-coordinate; all numbers little-endian. */
static int
multiply(mbedtls_ecp_point *r, const mbedtls_mpi *m, const mbedtls_mpi *u)
{
	unsigned char scalar[SIZE], point[SIZE], product[SIZE];
	int status = mbedtls_mpi_write_binary_le(m, scalar, SIZE);

	if (status == 0)
		status = mbedtls_mpi_write_binary_le(u, point, SIZE);
	/* A product of zero means that the peer plays tricks (section 6.1). */
	if (status == 0 &&
	    crypto_scalarmult_curve25519(product, scalar, point) != 0)
		status = MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
	if (status == 0)
		status = mbedtls_mpi_read_binary_le(&r->MBEDTLS_PRIVATE(X),
		    product, SIZE);
	/* How Mbed TLS marks a point of which there is nothing but u. */
	if (status == 0)
		status = mbedtls_mpi_lset(&r->MBEDTLS_PRIVATE(Z), 1);
	mbedtls_mpi_free(&r->MBEDTLS_PRIVATE(Y));
	explicit_bzero(scalar, sizeof(scalar));
	explicit_bzero(product, sizeof(product));
	return status;
}

int
__wrap_mbedtls_ecp_mul_restartable(mbedtls_ecp_group *group,
    mbedtls_ecp_point *r, const mbedtls_mpi *m, const mbedtls_ecp_point *p,
    mbedtls_f_rng_t *rng, void *state, mbedtls_ecp_restart_ctx *restart)
{
	int status;

	if (group->id != MBEDTLS_ECP_DP_CURVE25519)
		return __real_mbedtls_ecp_mul_restartable(group, r, m, p, rng,
		    state, restart);
	if ((status = mbedtls_ecp_check_privkey(group, m)) != 0 ||
	    (status = mbedtls_ecp_check_pubkey(group, p)) != 0)
		return status;
	return multiply(r, m, &p->MBEDTLS_PRIVATE(X));
}

int
__wrap_mbedtls_ecp_mul(mbedtls_ecp_group *group, mbedtls_ecp_point *r,
    const mbedtls_mpi *m, const mbedtls_ecp_point *p, mbedtls_f_rng_t *rng,
    void *state)
{
	return __wrap_mbedtls_ecp_mul_restartable(group, r, m, p, rng, state,
	    NULL);
}

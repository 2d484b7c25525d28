/* SPDX-License-Identifier: ISC */
/*
 * AES-256-GCM (NIST SP 800-38D) by libsodium, several blocks at a time, where
 * the processor has instructions for it: a large message under TLS is little
 * else, and Mbed TLS goes block by block.  The linker directs its encryption
 * of records here (--wrap); elsewhere, and with another cipher, it goes back.
 */
#include <string.h>

#include <mbedtls/aes.h>
#include <sodium/crypto_aead_aes256gcm.h>
#include <sodium/version.h>

#include "net/gcm.h"

enum { NONCE = crypto_aead_aes256gcm_NPUBBYTES,
    TAG = crypto_aead_aes256gcm_ABYTES };

#if defined(__x86_64__) && !defined(MBEDTLS_BLOCK_CIPHER_C)
#include <cpuid.h>

bool
gcm_quick(void)
{
	/* From 1.0.19 on it is compiled for AVX, as the kernel allows it. */
	static const unsigned needed = bit_AES | bit_PCLMUL | bit_SSSE3 |
	    (SODIUM_LIBRARY_VERSION_MAJOR > 10 ? bit_AVX | bit_OSXSAVE : 0);
	static enum { UNKNOWN, NO, YES } quick;
	unsigned a, b, c, d;

	/* In a virtual machine the question takes longer than a record. */
	if (quick == UNKNOWN)
		quick = __get_cpuid(1, &a, &b, &c, &d) != 0 &&
		    (c & needed) == needed ? YES : NO;
	return quick == YES;
}

/*
 * The key of a context that is one for us, or NULL.  An AES-256 key is what
 * the keys of the first two rounds consist of (FIPS 197 section 5.2).
 */
static const unsigned char *
key_of(const mbedtls_gcm_context *gcm)
{
	const mbedtls_cipher_context_t *cipher = &gcm->MBEDTLS_PRIVATE(
	    cipher_ctx);
	const mbedtls_aes_context *aes = cipher->MBEDTLS_PRIVATE(cipher_ctx);

	if (mbedtls_cipher_get_type(cipher) != MBEDTLS_CIPHER_AES_256_ECB ||
	    !gcm_quick())
		return NULL;
	return (const unsigned char *)(aes->MBEDTLS_PRIVATE(buf) +
	    aes->MBEDTLS_PRIVATE(rk_offset));
}

#else

bool
gcm_quick(void)
{
	return false;
}

static const unsigned char *
key_of(const mbedtls_gcm_context *gcm)
{
	(void)gcm;
	return NULL;
}

#endif

int
__wrap_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *gcm, int mode, size_t n,
    const unsigned char *iv, size_t iv_n, const unsigned char *ad, size_t ad_n,
    const unsigned char *in, unsigned char *out, size_t tag_n,
    unsigned char *tag)
{
	const unsigned char *key = key_of(gcm);
	crypto_aead_aes256gcm_state state;
	int status;

	/* No record of TLS is longer. */
	if (key == NULL || mode != MBEDTLS_GCM_ENCRYPT || iv_n != NONCE ||
	    tag_n != TAG || n > INT32_MAX)
		return __real_mbedtls_gcm_crypt_and_tag(gcm, mode, n, iv, iv_n,
		    ad, ad_n, in, out, tag_n, tag);
	(void)crypto_aead_aes256gcm_beforenm(&state, key);
	status = crypto_aead_aes256gcm_encrypt_detached_afternm(out, tag, NULL,
	    in, n, ad, ad_n, NULL, iv, &state);
	explicit_bzero(&state, sizeof(state));
	return status == 0 ? 0 : MBEDTLS_ERR_GCM_BAD_INPUT;
}

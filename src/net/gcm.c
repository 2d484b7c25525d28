/* SPDX-License-Identifier: ISC */
/*
 * AES-GCM (NIST SP 800-38D) eight blocks at a time, where the processor has
 * instructions for it: a large message under TLS is little else, and Mbed TLS
 * goes block by block.  The linker directs its encryption of records here
 * (--wrap); elsewhere, and with another cipher, it goes back to it.
 *
 * The hash is computed as RFC 8452 appendix A shows: with the octets of each
 * block in reverse and the key times x, which is how processors multiply.
 */
#include <stdint.h>
#include <string.h>

#include <mbedtls/aes.h>

#include "net/gcm.h"

#if defined(__x86_64__) && !defined(MBEDTLS_BLOCK_CIPHER_C)
#include <cpuid.h>
#include <immintrin.h>

#define AES_NI	__attribute__((target("aes,pclmul,ssse3")))

enum { BLOCK = 16, LANES = 8, STEP = BLOCK * LANES, NONCE = 12 };

typedef __m128i block;

struct key {
	const unsigned char *round;	/* the keys of the rounds */
	int		 rounds;
	block		 power[LANES];	/* of the hash key, from 1 on */
};

/* Where encryption has got to. */
struct run {
	struct key	 key;
	block		 nonce;		/* in reverse, with a counter of 0 */
	uint32_t	 counter;
	block		 hash;
};

bool
gcm_quick(void)
{
	static const unsigned needed = bit_AES | bit_PCLMUL | bit_SSSE3;
	static enum { UNKNOWN, NO, YES } quick;
	unsigned a, b, c, d;

	if (quick == UNKNOWN) {
		__cpuid(1, a, b, c, d);
		quick = (c & needed) == needed ? YES : NO;
	}
	return quick == YES;
}

static inline AES_NI block
load(const unsigned char *p)
{
	return _mm_loadu_si128((const block *)(const void *)p);
}

static inline AES_NI void
store(unsigned char *p, block v)
{
	_mm_storeu_si128((block *)(void *)p, v);
}

static inline AES_NI block
reverse(block v)
{
	return _mm_shuffle_epi8(v, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	    10, 11, 12, 13, 14, 15));
}

/* AES on blocks that do not wait for each other. */
static inline AES_NI void
encrypt(const struct key *k, block *x, int n)
{
	block round = load(k->round);

	for (int i = 0; i < n; i++)
		x[i] ^= round;
	for (int r = 1; r < k->rounds; r++) {
		round = load(k->round + BLOCK * r);
		for (int i = 0; i < n; i++)
			x[i] = _mm_aesenc_si128(x[i], round);
	}
	round = load(k->round + BLOCK * k->rounds);
	for (int i = 0; i < n; i++)
		x[i] = _mm_aesenclast_si128(x[i], round);
}

/* x^128 + x^127 + x^126 + x^121 + 1, without its highest term. */
static inline AES_NI block
polynomial(void)
{
	return _mm_set_epi64x((long long)0xc200000000000000, 1);
}

/* A sum of products of 256 bits each. */
struct product {
	block		 low, middle, high;
};

static inline AES_NI void
multiply(struct product *p, block a, block b)
{
	p->low ^= _mm_clmulepi64_si128(a, b, 0x00);
	p->high ^= _mm_clmulepi64_si128(a, b, 0x11);
	p->middle ^= _mm_clmulepi64_si128(a, b, 0x10) ^
	    _mm_clmulepi64_si128(a, b, 0x01);
}

/* Divides by x^128, in two steps of 64 bits, modulo the polynomial. */
static inline AES_NI block
reduce(const struct product *p)
{
	block low = p->low ^ _mm_slli_si128(p->middle, 8);
	block high = p->high ^ _mm_srli_si128(p->middle, 8);

	for (int i = 0; i < 2; i++)
		low = _mm_shuffle_epi32(low, 0x4e) ^
		    _mm_clmulepi64_si128(low, polynomial(), 0x10);
	return high ^ low;
}

/* Hashes up to LANES blocks. */
static inline AES_NI block
hash(const struct key *k, block sum, const unsigned char *p, int n)
{
	struct product product = { 0 };

	for (int i = 0; i < n; i++) {
		block b = reverse(load(p + BLOCK * i));

		if (i == 0)
			b ^= sum;
		multiply(&product, b, k->power[n - 1 - i]);
	}
	return reduce(&product);
}

/* The hash key is an encrypted zero; here it is multiplied by x. */
static AES_NI void
prepare(struct key *k)
{
	block h = { 0 };
	block carry, over;

	encrypt(k, &h, 1);
	h = reverse(h);
	over = _mm_srai_epi32(_mm_shuffle_epi32(h, 0xff), 31);
	carry = _mm_slli_si128(_mm_srli_epi64(h, 63), 8);
	h = (_mm_slli_epi64(h, 1) | carry) ^ (over & polynomial());
	k->power[0] = h;
	for (int i = 1; i < LANES; i++) {
		struct product product = { 0 };

		multiply(&product, k->power[i - 1], h);
		k->power[i] = reduce(&product);
	}
}

static inline AES_NI block
count(struct run *r)
{
	return reverse(r->nonce | _mm_set_epi32(0, 0, 0, (int)r->counter++));
}

/* Encrypts LANES blocks. */
static inline AES_NI void
take_step(struct run *r, const unsigned char *in, unsigned char *out)
{
	block x[LANES];

	for (int i = 0; i < LANES; i++)
		x[i] = count(r);
	encrypt(&r->key, x, LANES);
	for (int i = 0; i < LANES; i++)
		store(out + BLOCK * i, x[i] ^ load(in + BLOCK * i));
	r->hash = hash(&r->key, r->hash, out, LANES);
}

/* Encrypts one block, or the part of it that there is. */
static AES_NI void
take_part(struct run *r, const unsigned char *in, unsigned char *out, size_t n)
{
	unsigned char text[BLOCK] = { 0 };
	block x = count(r);

	memcpy(text, in, n);
	encrypt(&r->key, &x, 1);
	store(text, x ^ load(text));
	memcpy(out, text, n);
	memset(text + n, 0, BLOCK - n);
	r->hash = hash(&r->key, r->hash, text, 1);
}

static AES_NI void
start(struct run *r, const unsigned char *iv, const unsigned char *ad, size_t n)
{
	unsigned char text[BLOCK] = { 0 };

	prepare(&r->key);
	memcpy(text, iv, NONCE);
	r->nonce = reverse(load(text));
	r->counter = 2;
	for (size_t part; n > 0; ad += part, n -= part) {
		part = n < BLOCK ? n : BLOCK;
		memset(text, 0, BLOCK);
		memcpy(text, ad, part);
		r->hash = hash(&r->key, r->hash, text, 1);
	}
}

static AES_NI void
finish(struct run *r, uint64_t ad_n, uint64_t n, unsigned char tag[BLOCK])
{
	const uint64_t bits[] = { n * 8, ad_n * 8 };
	struct product product = { 0 };
	block lengths, x;

	memcpy(&lengths, bits, sizeof(lengths));
	multiply(&product, r->hash ^ lengths, r->key.power[0]);
	r->counter = 1;
	x = count(r);
	encrypt(&r->key, &x, 1);
	store(tag, x ^ reverse(reduce(&product)));
	explicit_bzero(&r->key, sizeof(r->key));
}

/* The cipher of a context, when it is one for us. */
static const mbedtls_aes_context *
aes_of(const mbedtls_gcm_context *gcm)
{
	const mbedtls_cipher_context_t *cipher = &gcm->MBEDTLS_PRIVATE(
	    cipher_ctx);

	switch (mbedtls_cipher_get_type(cipher)) {
	case MBEDTLS_CIPHER_AES_128_ECB:
	case MBEDTLS_CIPHER_AES_256_ECB:
		return gcm_quick() ? cipher->MBEDTLS_PRIVATE(cipher_ctx) : NULL;
	default:
		return NULL;
	}
}

int
__wrap_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *gcm, int mode, size_t n,
    const unsigned char *iv, size_t iv_n, const unsigned char *ad, size_t ad_n,
    const unsigned char *in, unsigned char *out, size_t tag_n,
    unsigned char *tag)
{
	const mbedtls_aes_context *aes = aes_of(gcm);
	struct run r = { 0 };
	size_t done = 0;

	/* The counter has room for more than any record. */
	if (aes == NULL || mode != MBEDTLS_GCM_ENCRYPT || iv_n != NONCE ||
	    tag_n != BLOCK || n > INT32_MAX)
		return __real_mbedtls_gcm_crypt_and_tag(gcm, mode, n, iv, iv_n,
		    ad, ad_n, in, out, tag_n, tag);
	r.key.round = (const unsigned char *)(aes->MBEDTLS_PRIVATE(buf) +
	    aes->MBEDTLS_PRIVATE(rk_offset));
	r.key.rounds = aes->MBEDTLS_PRIVATE(nr);
	start(&r, iv, ad, ad_n);
	for (; n - done >= STEP; done += STEP)
		take_step(&r, in + done, out + done);
	for (size_t part; done < n; done += part) {
		part = n - done < BLOCK ? n - done : BLOCK;
		take_part(&r, in + done, out + done, part);
	}
	finish(&r, ad_n, n, tag);
	return 0;
}

#else

bool
gcm_quick(void)
{
	return false;
}

int
__wrap_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *gcm, int mode, size_t n,
    const unsigned char *iv, size_t iv_n, const unsigned char *ad, size_t ad_n,
    const unsigned char *in, unsigned char *out, size_t tag_n,
    unsigned char *tag)
{
	return __real_mbedtls_gcm_crypt_and_tag(gcm, mode, n, iv, iv_n, ad,
	    ad_n, in, out, tag_n, tag);
}

#endif

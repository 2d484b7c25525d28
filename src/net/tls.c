/* SPDX-License-Identifier: ISC */
/*
 * TLS 1.2 and 1.3 (RFC 5246, 8446) for a client: the session, and its bytes in
 * and out, which never wait: the caller polls.  With net/peer.c, which judges
 * the relay's certificate, and net/own.c, which loads ours, the only code that
 * knows Mbed TLS.
 *
 * No renegotiation, no resumption (tickets are passed over), no early data,
 * and only suites with forward secrecy and authenticated encryption.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/stdlib.h>

#include <mbedtls/md.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

#include "net/alert.h"
#include "net/gcm.h"
#include "net/link.h"
#include "net/name.h"
#include "net/own.h"
#include "net/peer.h"
#include "net/tls.h"

enum { EXPORTER_SIZE = 32 };	/* RFC 9266 section 2 */

struct tls {
	mbedtls_ssl_context	 ssl;
	mbedtls_ssl_config	 conf;
	mbedtls_x509_crt	 roots;		/* see trust() */
	struct own		 own;
	struct peer		 peer;
	int			 minimum;
	bool			 required;	/* else any peer will do */
	bool			 done;		/* the handshake is */
	char			 text[64];

	size_t			 writing;	/* of an unfinished write */
	struct link		 link;
};

/*
 * Fast on a processor with instructions for it, most of all with 256 bits
 * (net/gcm.c), and slow without.
 */
#define AES \
	MBEDTLS_TLS1_3_AES_256_GCM_SHA384, \
	MBEDTLS_TLS1_3_AES_128_GCM_SHA256, \
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, \
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, \
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, \
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
#define CHACHA20 \
	MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256, \
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, \
	MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256

static const int aes_first[] = { AES, CHACHA20, 0 };
static const int chacha20_first[] = { CHACHA20, AES, 0 };

/*
 * PKCS #1 first: 1.3 has no use for it, and not every library of this series
 * gets along with the PSS that a server speaking 1.2 would choose otherwise.
 */
static const uint16_t signatures[] = {
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,
	MBEDTLS_TLS1_3_SIG_NONE
};

#ifdef MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
/* The library has no generator of its own: every number is the kernel's. */
psa_status_t
mbedtls_psa_external_get_random(
    mbedtls_psa_external_random_context_t *context, uint8_t *output,
    size_t output_size, size_t *output_length)
{
	const size_t most = 256;

	(void)context;
	for (size_t n = 0; n < output_size; n += most)
		if (getentropy(output + n, output_size - n < most ?
		    output_size - n : most) != 0)
			return PSA_ERROR_INSUFFICIENT_ENTROPY;
	*output_length = output_size;
	return PSA_SUCCESS;
}
#endif

/*
 * Tells the library where roots are found.  One built without the callback
 * (most distributions') has to read all of them.
 */
static void
trust(struct tls *t)
{
#ifdef MBEDTLS_X509_TRUSTED_CERTIFICATE_CALLBACK
	mbedtls_ssl_conf_ca_cb(&t->conf, peer_roots, &t->peer);
#else
	const struct str pem = t->peer.certs.pem;
	unsigned char *text = calloc(1, pem.n + 1);

	if (text != NULL && pem.n > 0)
		(void)mbedtls_x509_crt_parse(&t->roots,
		    memcpy(text, pem.p, pem.n), pem.n + 1);
	free(text);
	mbedtls_ssl_conf_ca_chain(&t->conf, &t->roots, NULL);
#endif
}

static int
configure(struct tls *t, const struct tls_settings *s, struct fault *f)
{
	unsigned char octets[NAME_ADDRESS_MAX];
	mbedtls_ssl_config *c = &t->conf;
	const char *sni;

	if (psa_crypto_init() != PSA_SUCCESS ||
	    mbedtls_ssl_config_defaults(c, MBEDTLS_SSL_IS_CLIENT,
	    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return fault(f, EX_OSERR, "the TLS library does not start");
	mbedtls_ssl_conf_rng(c, mbedtls_psa_get_random,
	    MBEDTLS_PSA_RANDOM_STATE);
	mbedtls_ssl_conf_min_tls_version(c, s->minimum >= 13 ?
	    MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_ciphersuites(c,
	    gcm_quick() ? aes_first : chacha20_first);
	mbedtls_ssl_conf_sig_algs(c, signatures);
	mbedtls_ssl_conf_legacy_renegotiation(c,
	    MBEDTLS_SSL_LEGACY_BREAK_HANDSHAKE);
	/*
	 * Pins replace every check of the library's, some of which cannot be
	 * overruled from the callback; there a wrong pin ends the handshake.
	 */
	mbedtls_ssl_conf_authmode(c, s->verify && s->pins == NULL ?
	    MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL);
	mbedtls_ssl_conf_verify(c, peer_judge, &t->peer);
	trust(t);
	if (s->cert != NULL && own_load(&t->own, s, f) < 0)
		return -1;
	/* RFC 6066 section 3: no literal addresses in server_name. */
	sni = name_address(t->peer.host, octets) != 0 ? NULL : t->peer.host;
	if ((s->cert != NULL && mbedtls_ssl_conf_own_cert(c, &t->own.chain,
	    &t->own.key) != 0) || mbedtls_ssl_setup(&t->ssl, c) != 0 ||
	    mbedtls_ssl_set_hostname(&t->ssl, sni) != 0)
		return fault(f, EX_OSERR, "out of memory");
	mbedtls_ssl_set_bio(&t->ssl, &t->link, link_push, link_pull, NULL);
	return 0;
}

struct tls *
tls_new(int fd, const struct tls_settings *s, struct fault *f)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		(void)fault(f, EX_OSERR, "out of memory");
		return NULL;
	}
	t->link.fd = fd;
	t->minimum = s->minimum;
	t->required = s->verify || s->pins != NULL;
	mbedtls_ssl_init(&t->ssl);
	mbedtls_ssl_config_init(&t->conf);
	mbedtls_x509_crt_init(&t->roots);
	own_init(&t->own);
	if (peer_open(&t->peer, s, f) < 0 || configure(t, s, f) < 0) {
		tls_free(t);
		return NULL;
	}
	return t;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	mbedtls_ssl_free(&t->ssl);
	mbedtls_ssl_config_free(&t->conf);
	mbedtls_x509_crt_free(&t->roots);
	own_free(&t->own);
	peer_close(&t->peer);
	freezero(t, sizeof(*t));
}

/* The relay ended the session with an alert. */
static int
alerted(const struct tls *t, struct fault *f)
{
	/* There is no accessor for the alert; both octets of it lie here. */
	const int code = t->ssl.MBEDTLS_PRIVATE(in_msg)[1];

	if (code == MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION)
		return fault(f, EX_UNAVAILABLE, "the relay speaks no TLS %s",
		    t->minimum >= 13 ? "1.3" : "1.2 or newer");
	return fault(f, EX_UNAVAILABLE, "the relay ends TLS%s (alert %d)",
	    alert_meaning(code), code);
}

/* Errors come from several modules, each of which has a range. */
static bool
x509_error(int error)
{
	return -error >= -MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE &&
	    -error < -MBEDTLS_ERR_X509_FATAL_ERROR + 0x80;
}

/* The library's errors as something to be told. */
static int
broken(struct tls *t, int error, struct fault *f)
{
	switch (error) {
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
		return alerted(t, f);
	case MBEDTLS_ERR_SSL_CONN_EOF:
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return fault(f, EX_UNAVAILABLE,
		    "connection closed by the relay");
	case LINK_FAILED:
		return fault(f, EX_UNAVAILABLE, "%s", t->link.error == EPIPE ?
		    "connection closed by the relay" : strerror(t->link.error));
	case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
		return fault(f, EX_UNAVAILABLE, "the relay speaks no TLS %s",
		    t->minimum >= 13 ? "1.3" : "1.2 or newer");
	case MBEDTLS_ERR_SSL_INVALID_RECORD:
		if (!t->done)
			return fault(f, EX_UNAVAILABLE,
			    "the relay does not answer with TLS on this port");
		break;
	case MBEDTLS_ERR_SSL_INVALID_MAC:
		return fault(f, EX_UNAVAILABLE,
		    "TLS: a record was damaged or forged on its way");
	case MBEDTLS_ERR_SSL_ALLOC_FAILED:
		return fault(f, EX_OSERR, "out of memory");
	default:
		if (x509_error(error))
			return fault(f, EX_UNAVAILABLE, "the relay's "
			    "certificate cannot be read (Mbed TLS error "
			    "-0x%04x)", (unsigned)-error);
		break;
	}
	return fault(f, EX_UNAVAILABLE, "TLS%s failed: Mbed TLS error -0x%04x",
	    t->done ? "" : " handshake", (unsigned)-error);
}

int
tls_handshake(struct tls *t, struct fault *f)
{
	uint32_t flags;
	int done;

	t->link.readable = true;
	done = mbedtls_ssl_handshake(&t->ssl);
	if (done == MBEDTLS_ERR_SSL_WANT_READ)
		return TLS_WANT_READ;
	if (done == MBEDTLS_ERR_SSL_WANT_WRITE)
		return TLS_WANT_WRITE;
	flags = mbedtls_ssl_get_verify_result(&t->ssl);
	t->done = done == 0;
	/* An alert leaves at once; Finished waits for the first command. */
	if (!t->done)
		(void)link_flush(&t->link);
	if (t->peer.pin[0] != '\0' && t->required && flags != 0 &&
	    !t->peer.pinned)
		return peer_refuse(&t->peer, flags, f);
	if (!t->done)
		return broken(t, done, f);
	if (t->required && !tls_verified(t))
		return peer_refuse(&t->peer, flags, f);
	(void)snprintf(t->text, sizeof(t->text), "%s with %s",
	    mbedtls_ssl_get_version(&t->ssl),
	    mbedtls_ssl_get_ciphersuite(&t->ssl));
	return 0;
}

int
tls_read(struct tls *t, char *p, size_t n, struct fault *f)
{
	int got;

	t->link.readable = true;
	do
		got = mbedtls_ssl_read(&t->ssl, (unsigned char *)p, n);
	while (got == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET);
	switch (got) {
	case MBEDTLS_ERR_SSL_WANT_READ:
		return TLS_WANT_READ;
	case MBEDTLS_ERR_SSL_WANT_WRITE:
		return TLS_WANT_WRITE;
	/* SMTP replies say themselves where they end: no truncation attack. */
	case MBEDTLS_ERR_SSL_CONN_EOF:
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return 0;
	default:
		return got >= 0 ? got : broken(t, got, f);
	}
}

int
tls_write(struct tls *t, struct str data, struct fault *f)
{
	int n;

	/* An unfinished record has its length already: RFC 8446 section 5.1. */
	if (t->writing != 0) {
		assert(data.n >= t->writing);
		data.n = t->writing;
	}
	n = mbedtls_ssl_write(&t->ssl, (const unsigned char *)data.p, data.n);
	t->writing = 0;
	if (n >= 0)
		return n;
	if (n != MBEDTLS_ERR_SSL_WANT_READ && n != MBEDTLS_ERR_SSL_WANT_WRITE)
		return broken(t, n, f);
	t->writing = data.n;
	return n == MBEDTLS_ERR_SSL_WANT_READ ? TLS_WANT_READ : TLS_WANT_WRITE;
}

int
tls_flush(struct tls *t, struct fault *f)
{
	int n = link_flush(&t->link);

	if (n == MBEDTLS_ERR_SSL_WANT_WRITE)
		return TLS_WANT_WRITE;
	return n < 0 ? broken(t, n, f) : 0;
}

bool
tls_pending(const struct tls *t)
{
	return mbedtls_ssl_get_bytes_avail(&t->ssl) > 0;
}

bool
tls_buffered(const struct tls *t)
{
	return t->link.in_at < t->link.in_n ||
	    mbedtls_ssl_check_pending(&t->ssl) != 0;
}

void
tls_close(struct tls *t)
{
	if (t->done && mbedtls_ssl_close_notify(&t->ssl) == 0)
		(void)link_flush(&t->link);
}

bool
tls_verified(const struct tls *t)
{
	return t->done && (t->peer.pinned || (t->peer.pins == NULL &&
	    mbedtls_ssl_get_verify_result(&t->ssl) == 0));
}

const char *
tls_describe(const struct tls *t)
{
	return t->text;
}

/* RFC 5929 section 4.1: the hash of the certificate's signature, if good. */
static int
end_point(const struct tls *t, struct buf *data)
{
	const mbedtls_x509_crt *crt = mbedtls_ssl_get_peer_cert(&t->ssl);
	const mbedtls_md_info_t *md;
	mbedtls_md_type_t type;
	char *room;

	if (crt == NULL)
		return -1;
	type = crt->MBEDTLS_PRIVATE(sig_md);
	if (type == MBEDTLS_MD_MD5 || type == MBEDTLS_MD_SHA1)
		type = MBEDTLS_MD_SHA256;
	md = mbedtls_md_info_from_type(type);
	if (md == NULL)
		return -1;
	room = buf_room(data, mbedtls_md_get_size(md));
	if (room == NULL || mbedtls_md(md, crt->raw.p, crt->raw.len,
	    (unsigned char *)room) != 0)
		return -1;
	data->n += mbedtls_md_get_size(md);
	return 0;
}

int
tls_binding(struct tls *t, const char **type, struct buf *data)
{
#ifdef MBEDTLS_SSL_KEYING_MATERIAL_EXPORT
	const struct str label = STR("EXPORTER-Channel-Binding");
	char *room;

	if (mbedtls_ssl_get_version_number(&t->ssl) ==
	    MBEDTLS_SSL_VERSION_TLS1_3) {
		room = buf_room(data, EXPORTER_SIZE);
		if (room == NULL || mbedtls_ssl_export_keying_material(&t->ssl,
		    (unsigned char *)room, EXPORTER_SIZE, label.p, label.n,
		    NULL, 0, 1) != 0)
			return -1;
		data->n += EXPORTER_SIZE;
		*type = "tls-exporter";
		return 0;
	}
#endif
	*type = "tls-server-end-point";
	return end_point(t, data);
}

void
tls_chain(const struct tls *t, struct chain *out)
{
	peer_chain(&t->peer, mbedtls_ssl_get_peer_cert(&t->ssl), out);
}

const char *
tls_version(void)
{
	return MBEDTLS_VERSION_STRING_FULL;
}

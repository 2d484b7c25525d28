/* SPDX-License-Identifier: ISC */
/*
 * Judging the relay's certificate, as callbacks of Mbed TLS.  The chain, its
 * dates and its algorithms (RFC 5280) are checked by the library; which roots
 * there are is net/certs.c's.  Whether the name is right is net/name.c's: the
 * library would also take a CN for a host name, and an address written as a DNS
 * name, which RFC 9525 does not.  Pins replace all of this.
 *
 * What can be wrong is collected as words on the way, for the user to be told
 * all of it and how to accept the certificate nevertheless.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <mbedtls/md.h>
#include <mbedtls/platform.h>
#include <mbedtls/x509_crt.h>

#include "base/clock.h"
#include "net/credentials.h"
#include "net/name.h"
#include "net/peer.h"

enum {
	DER_MAX = 64 * 1024,
	REASONS_MAX = 300,
	NAMES_MAX = 160,
	DN_SIZE = 112,
	HASH_SIZE = 32
};

static struct str
view(const mbedtls_x509_buf *b)
{
	return (struct str){ (const char *)b->p, b->len };
}

static bool
well_formed(struct str pin)
{
	const struct str prefix = STR("sha256:");

	if (!str_istarts(pin, prefix) || pin.n != prefix.n + 2 * HASH_SIZE)
		return false;
	for (size_t i = prefix.n; i < pin.n; i++) {
		char c = ascii_lower(pin.p[i]);

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

/* True when the peer's pin is one of the configured ones. */
static bool
listed(const struct peer *p)
{
	struct str rest = str_of(p->pins), pin;

	while (str_word(&rest, &pin))
		if (str_ieq(pin, str_of(p->pin)))
			return true;
	return false;
}

int
peer_open(struct peer *p, const struct tls_settings *s, struct fault *f)
{
	size_t n = strlen(s->host);
	struct str rest = str_of(s->pins), pin;

	*p = (struct peer){ .domain = s->domain, .pins = s->pins };
	buf_init(&p->reasons, REASONS_MAX);
	if (n > 0 && s->host[n - 1] == '.')
		n--;
	if (n == 0 || n >= sizeof(p->host))
		return fault(f, EX_CONFIG, "%s: not the name of a host",
		    s->host);
	memcpy(p->host, s->host, n);
	if (p->pins != NULL) {
		while (str_word(&rest, &pin))
			if (!well_formed(pin))
				return fault(f, EX_CONFIG, "tls-pin %.*s: must "
				    "be sha256: and 64 hexadecimal digits",
				    STR_ARG(pin));
		return 0;
	}
	if (s->credentials != NULL && certs_are_open(&s->credentials->roots)) {
		p->certs = s->credentials->roots;
		p->kept = true;
		return 0;
	}
	if (s->credentials != NULL && s->credentials->no_roots.code != 0)
		*f = s->credentials->no_roots;
	else if (certs_open(&p->certs, s->ca_file, f) == 0)
		return 0;
	return s->verify || s->ca_file != NULL ? -1 : 0;
}

void
peer_close(struct peer *p)
{
	if (!p->kept)
		certs_close(&p->certs);
	buf_free(&p->reasons);
}

int
peer_roots(void *peer, const mbedtls_x509_crt *child, mbedtls_x509_crt **roots)
{
	const struct peer *p = peer;
	mbedtls_x509_crt *list = mbedtls_calloc(1, sizeof(*list));
	struct buf der;
	size_t at = 0;

	*roots = NULL;
	if (list == NULL)
		return MBEDTLS_ERR_X509_ALLOC_FAILED;
	mbedtls_x509_crt_init(list);
	buf_init(&der, DER_MAX);
	/* What the library cannot read it could not check a signature with. */
	while (certs_find(&p->certs, view(&child->issuer_raw), &at, &der) > 0) {
		(void)mbedtls_x509_crt_parse_der(list,
		    (const unsigned char *)der.p, der.n);
		buf_clear(&der);
	}
	buf_free(&der);
	if (list->version != 0) {
		*roots = list;
	} else {
		mbedtls_x509_crt_free(list);
		mbedtls_free(list);
	}
	return 0;
}

/*
 * A certificate that stands in the bundle itself is trusted even when it is no
 * CA's, as those are that a server made for itself.
 */
static bool
trusted_itself(const struct peer *p, const mbedtls_x509_crt *crt)
{
	struct buf der;
	size_t at = 0;
	bool found = false;

	buf_init(&der, DER_MAX);
	while (!found &&
	    certs_find(&p->certs, view(&crt->subject_raw), &at, &der) > 0) {
		found = str_eq(buf_view(&der), view(&crt->raw));
		buf_clear(&der);
	}
	buf_free(&der);
	return found;
}

/*
 * An authority for some names only (RFC 5280 section 4.2.1.10).  The library
 * knows nothing of that: where it is marked critical, as it has to be, the
 * certificate is refused with that; else it would be passed over.
 */
static bool
constrains_names(const mbedtls_x509_crt *crt)
{
	static const unsigned char id[] = { 0x06, 3, 0x55, 0x1d, 30 };

	return crt->v3_ext.len > 0 && memmem(crt->v3_ext.p, crt->v3_ext.len,
	    id, sizeof(id)) != NULL;
}

/* The DNS name or address of a subjectAltName; empty for other kinds. */
static struct str
alternative(const mbedtls_x509_sequence *san, bool *address)
{
	int kind = san->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK;

	*address = kind == MBEDTLS_X509_SAN_IP_ADDRESS;
	if (san->buf.p == NULL ||
	    (!*address && kind != MBEDTLS_X509_SAN_DNS_NAME))
		return (struct str){ NULL, 0 };
	return view(&san->buf);
}

static bool
names_host(const mbedtls_x509_crt *crt, const char *host)
{
	unsigned char octets[NAME_ADDRESS_MAX];
	const size_t n = name_address(host, octets);
	const struct str ip = { (const char *)octets, n };

	for (const mbedtls_x509_sequence *san = &crt->subject_alt_names;
	    san != NULL; san = san->next) {
		bool address;
		struct str name = alternative(san, &address);

		if (address && n > 0 ? str_eq(name, ip) :
		    !address && name_covers(name, host))
			return true;
	}
	return false;
}

/* Starts another reason. */
static struct buf *
another(struct peer *p)
{
	if (p->reasons.n > 0)
		(void)buf_puts(&p->reasons, "; ");
	return &p->reasons;
}

/* Which names the certificate is for. */
static void
explain_names(struct peer *p, const mbedtls_x509_crt *crt)
{
	char text[64];
	struct buf names;

	buf_init(&names, NAMES_MAX);
	for (const mbedtls_x509_sequence *san = &crt->subject_alt_names;
	    san != NULL; san = san->next) {
		bool address;
		struct str name = alternative(san, &address);

		if (!address)
			str_escape(text, sizeof(text), name);
		else if (inet_ntop(name.n == 4 ? AF_INET : AF_INET6, name.p,
		    text, sizeof(text)) == NULL)
			continue;
		if (name.n > 0)
			(void)buf_fmt(&names, "%s%s", names.n > 0 ? ", " : "",
			    text);
	}
	if (names.n > 0)
		(void)buf_fmt(another(p), "not for this name but for %.*s%s",
		    STR_ARG(buf_view(&names)), names.failed ? ", ..." : "");
	else
		(void)buf_puts(another(p), "without a subjectAltName (its CN "
		    "is no host name, RFC 9525)");
	buf_free(&names);
}

/* Why no trusted certificate vouches for this one. */
static void
explain_issuer(struct peer *p, const mbedtls_x509_crt *crt, int depth)
{
	char dn[DN_SIZE] = "?";

	if (depth < p->top) {
		(void)buf_puts(another(p), "with a signature that is wrong");
		return;
	}
	(void)mbedtls_x509_dn_gets(dn, sizeof(dn), &crt->issuer);
	if (depth == 0 &&
	    str_eq(view(&crt->issuer_raw), view(&crt->subject_raw)))
		(void)buf_fmt(another(p), "signed by itself (%s)", dn);
	else
		(void)buf_fmt(another(p), "issued by an unknown authority "
		    "(%s)%s", dn, depth > 0 || crt->next != NULL ? "" :
		    ", and the relay sent no intermediate certificate");
}

static void
explain(struct peer *p, const mbedtls_x509_crt *crt, int depth, uint32_t flags)
{
	const mbedtls_x509_time *from = &crt->valid_from, *to = &crt->valid_to;
	char who[DN_SIZE + 24] = "", dn[DN_SIZE] = "?";

	if (depth > 0) {
		(void)mbedtls_x509_dn_gets(dn, sizeof(dn), &crt->subject);
		(void)snprintf(who, sizeof(who), "its authority (%s) ", dn);
	}
	if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0)
		(void)buf_fmt(another(p), "%sexpired on %04d-%02d-%02d", who,
		    to->year, to->mon, to->day);
	if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0)
		(void)buf_fmt(another(p), "%snot yet valid (from "
		    "%04d-%02d-%02d)", who, from->year, from->mon, from->day);
	if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0)
		explain_names(p, crt);
	if ((flags & MBEDTLS_X509_BADCERT_BAD_MD) != 0)
		(void)buf_fmt(another(p), "%ssigned with a hash weaker than "
		    "SHA-256", who);
	if ((flags & MBEDTLS_X509_BADCERT_BAD_KEY) != 0)
		(void)buf_puts(another(p), "a key in its chain is weaker than "
		    "RSA with 2048 bits or ECDSA on P-256");
	if ((flags & MBEDTLS_X509_BADCERT_BAD_PK) != 0)
		(void)buf_fmt(another(p), "%ssigned with an algorithm that is "
		    "not accepted", who);
	if ((flags & MBEDTLS_X509_BADCERT_OTHER) != 0)
		(void)buf_fmt(another(p), "%smay vouch for some names only, "
		    "which cannot be checked", who);
	if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0)
		explain_issuer(p, crt, depth);
}

/* "sha256:" and the hash of the SubjectPublicKeyInfo, as in RFC 7469. */
static int
make_pin(struct peer *p, const mbedtls_x509_crt *crt)
{
	const mbedtls_md_info_t *md = mbedtls_md_info_from_type(
	    MBEDTLS_MD_SHA256);
	unsigned char hash[HASH_SIZE];
	char *at = p->pin;

	if (mbedtls_md(md, crt->pk_raw.p, crt->pk_raw.len, hash) != 0)
		return -1;
	at += snprintf(at, sizeof(p->pin), "sha256:");
	for (size_t i = 0; i < sizeof(hash); i++)
		at += snprintf(at, 3, "%02x", hash[i]);
	return 0;
}

int
peer_judge(void *peer, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct peer *p = peer;

	if (depth > p->top)
		p->top = depth;
	if (depth == 0 && make_pin(p, crt) < 0)
		return MBEDTLS_ERR_X509_FATAL_ERROR;
	if (p->pins != NULL) {
		*flags = 0;
		if (depth > 0)
			return 0;
		p->pinned = listed(p);
		return p->pinned ? 0 : MBEDTLS_ERR_X509_FATAL_ERROR;
	}
	if (depth == 0) {
		*flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
		if (!names_host(crt, p->host) &&
		    (p->domain == NULL || !names_host(crt, p->domain)))
			*flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
		if ((*flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0 &&
		    trusted_itself(p, crt))
			*flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_NOT_TRUSTED;
	}
	if (depth > 0 && constrains_names(crt))
		*flags |= MBEDTLS_X509_BADCERT_OTHER;
	explain(p, crt, depth, *flags);
	return 0;
}

/* A machine that lost its time finds every certificate out of date. */
static bool
explain_clock(struct peer *p, uint32_t flags)
{
	const time_t now = time(NULL);
	struct tm tm;

	if ((flags & (MBEDTLS_X509_BADCERT_EXPIRED |
	    MBEDTLS_X509_BADCERT_FUTURE)) == 0 || now >= CLOCK_PLAUSIBLE ||
	    gmtime_r(&now, &tm) == NULL)
		return false;
	(void)buf_fmt(another(p), "but the clock of this machine says "
	    "%04d-%02d-%02d: check the clock", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday);
	return true;
}

int
peer_refuse(struct peer *p, uint32_t flags, struct fault *f)
{
	bool clock;

	if (p->pins != NULL && p->pin[0] != '\0')
		return fault(f, EX_UNAVAILABLE, "certificate of %s: its pin is "
		    "%s, which tls-pin does not list", p->host, p->pin);
	/* All bits set: the library gave up on the chain as a whole. */
	if (flags == UINT32_MAX)
		flags = 0;
	if ((flags & (MBEDTLS_X509_BADCERT_KEY_USAGE |
	    MBEDTLS_X509_BADCERT_EXT_KEY_USAGE)) != 0)
		(void)buf_puts(another(p), "not meant for a TLS server "
		    "(key usage)");
	if (p->reasons.n == 0)
		(void)buf_puts(&p->reasons, "its chain cannot be checked");
	clock = explain_clock(p, flags);
	if (clock || p->pin[0] == '\0')
		return fault(f, EX_UNAVAILABLE, "certificate of %s: %.*s",
		    p->host, STR_ARG(buf_view(&p->reasons)));
	return fault(f, EX_UNAVAILABLE,
	    "certificate of %s: %.*s; trust it with \"tls-pin %s\"%s", p->host,
	    STR_ARG(buf_view(&p->reasons)), p->pin,
	    (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) == 0 ? "" :
	    " or ca-file");
}

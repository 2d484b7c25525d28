/* SPDX-License-Identifier: ISC */
/*
 * The trusted CA certificates: a PEM bundle (RFC 7468), mapped and searched by
 * subject instead of parsed, because of some 140 roots a session needs one.
 * Knows base64 and the outline of a certificate (RFC 5280 section 4.1) as far
 * as the subject; whether a certificate is any good is for the TLS library.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/certs.h"
#include "net/roots.h"

enum { HEAD_MAX = 4096 };	/* a subject ends within this many octets */

/* DER tags */
enum { INTEGER = 0x02, SEQUENCE = 0x30, TAG_VERSION = 0xa0 };

/* What the base64 table holds besides the digits' values. */
enum { BLANK = 64, PAD = 65, BAD = 66 };

/* A certificate while it is decoded: the octets so far, the text to come. */
struct decoder {
	struct str	 text;
	unsigned	 bits;		/* digits not yet given out */
	unsigned	 pending;	/* how many bits that is */
	bool		 bad;
	size_t		 n;
	unsigned char	 head[HEAD_MAX];
};

static const char begin[] = "-----BEGIN CERTIFICATE-----";

static const char *const places[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
	"/usr/local/share/certs/ca-root-nss.crt",
	"/etc/ssl/certs/ca-bundle.crt",
	NULL
};

static const unsigned char digits[128] = {
	66, 66, 66, 66, 66, 66, 66, 66, 66, 64, 64, 66, 66, 64, 66, 66,
	66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66,
	64, 66, 66, 66, 66, 66, 66, 66, 66, 66, 66, 62, 66, 66, 66, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 66, 66, 66, 65, 66, 66,
	66,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 66, 66, 66, 66, 66,
	66, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 66, 66, 66, 66, 66
};

/* Maps a regular file that holds at least one certificate. */
static int
map(struct certs *c, const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	void *p;

	if (fd < 0)
		return fault_errno(f, EX_CONFIG, errno, "%s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0) {
		close(fd);
		return fault(f, EX_CONFIG, "%s: not a file, or empty", path);
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return fault_errno(f, EX_OSERR, errno, "%s", path);
	*c = (struct certs){ { p, (size_t)st.st_size }, path };
	if (memmem(p, c->pem.n, begin, strlen(begin)) != NULL)
		return 0;
	certs_close(c);
	return fault(f, EX_CONFIG, "%s: no certificate in PEM form", path);
}

int
certs_open(struct certs *c, const char *path, struct fault *f)
{
	char tried[400] = "";
	size_t n = 0;

	*c = (struct certs){ .path = NULL };
	if (path != NULL)
		return map(c, path, f);
	for (size_t i = 0; places[i] != NULL; i++) {
		if (map(c, places[i], f) == 0)
			return 0;
		n += (size_t)snprintf(tried + n, sizeof(tried) - n, "%s%s",
		    n == 0 ? "" : ", ", places[i]);
		if (n >= sizeof(tried))
			n = sizeof(tried) - 1;
	}
	if (roots_count > 0) {
		c->path = "built in";
		return 0;
	}
	return fault(f, EX_CONFIG, "no CA certificates: install "
	    "ca-certificates or set ca-file (tried %s)", tried);
}

void
certs_close(struct certs *c)
{
	/* mmap() gave the pointer, so it may be written to: it is not const. */
	if (c->pem.p != NULL)
		(void)munmap((void *)(uintptr_t)c->pem.p, c->pem.n);
	*c = (struct certs){ .path = NULL };
}

bool
certs_are_open(const struct certs *c)
{
	return c->path != NULL;
}

size_t
certs_built_in(void)
{
	return roots_count;
}

/* Decodes up to max octets; fewer at the end of the text or of its sense. */
static size_t
decode(struct decoder *d, unsigned char *out, size_t max)
{
	size_t i = 0, n = 0;

	for (; i < d->text.n && n < max; i++) {
		unsigned char c = (unsigned char)d->text.p[i];
		unsigned v = c < sizeof(digits) ? digits[c] : BAD;

		if (v == BLANK)
			continue;
		if (v >= PAD) {
			d->bad |= v == BAD;
			i = d->text.n;
			break;
		}
		d->bits = (d->bits << 6 | v) & 0x3fff;
		d->pending += 6;
		if (d->pending >= 8) {
			d->pending -= 8;
			out[n++] = (unsigned char)(d->bits >> d->pending);
		}
	}
	d->text.p += i;
	d->text.n -= i;
	return n;
}

/* Makes the first n octets of the certificate available, if it has so many. */
static bool
need(struct decoder *d, size_t n)
{
	if (n > HEAD_MAX)
		return false;
	if (d->n < n)
		d->n += decode(d, d->head + d->n, n - d->n);
	return d->n >= n;
}

/* Reads tag and length of the element at *at, which moves to its contents. */
static bool
enter(struct decoder *d, unsigned char tag, size_t *at, size_t *len)
{
	size_t octets, n;

	if (!need(d, *at + 2) || d->head[*at] != tag)
		return false;
	n = d->head[*at + 1];
	*at += 2;
	if (n >= 0x80) {
		octets = n - 0x80;
		if (octets == 0 || octets > 3 || !need(d, *at + octets))
			return false;
		for (n = 0; octets > 0; octets--)
			n = n << 8 | d->head[(*at)++];
	}
	*len = n;
	return true;
}

static bool
skip(struct decoder *d, unsigned char tag, size_t *at)
{
	size_t len;

	if (!enter(d, tag, at, &len))
		return false;
	*at += len;
	return true;
}

static bool
alike(const unsigned char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (roots_fold(a[i]) != roots_fold((unsigned char)b[i]))
			return false;
	return true;
}

/* True when the subject of the certificate is this name. */
static bool
is_for(struct decoder *d, struct str subject)
{
	static const unsigned char before[] = {
		INTEGER,	/* serialNumber */
		SEQUENCE,	/* signature */
		SEQUENCE,	/* issuer */
		SEQUENCE	/* validity */
	};
	size_t at = 0, start, len;

	if (!enter(d, SEQUENCE, &at, &len))		/* Certificate */
		return false;
	if (!enter(d, SEQUENCE, &at, &len) ||		/* TBSCertificate */
	    !need(d, at + 1))
		return false;
	if (d->head[at] == TAG_VERSION && !skip(d, TAG_VERSION, &at))
		return false;
	for (size_t i = 0; i < sizeof(before); i++)
		if (!skip(d, before[i], &at))
			return false;
	start = at;
	if (!enter(d, SEQUENCE, &at, &len) || at - start + len != subject.n)
		return false;
	return need(d, start + subject.n) &&
	    alike(d->head + start, subject.p, subject.n);
}

/* Finds the next PEM block from *at on and moves *at behind it. */
static bool
next_block(struct str pem, size_t *at, struct str *text)
{
	const size_t label = strlen(begin);
	const char *p, *end = pem.p + pem.n;

	for (p = pem.p + *at; p < end; p++) {
		p = memchr(p, '-', (size_t)(end - p));
		if (p == NULL || (size_t)(end - p) < label)
			break;
		if (memcmp(p, begin, label) != 0)
			continue;
		text->p = p + label;
		p = memchr(text->p, '-', (size_t)(end - text->p));
		text->n = (size_t)((p == NULL ? end : p) - text->p);
		*at = (size_t)(text->p - pem.p) + text->n;
		return true;
	}
	*at = pem.n;
	return false;
}

/* Appends all of the certificate; false when its text is broken. */
static bool
give(struct decoder *d, struct buf *out)
{
	size_t start = out->n, n = d->text.n / 4 * 3 + 3;
	char *room;

	/* No certificate is so large; the next ones have the buffer still. */
	if (n + d->n > out->max - out->n)
		return false;
	(void)buf_add(out, d->head, d->n);
	room = buf_room(out, n);
	if (room != NULL)
		out->n += decode(d, (unsigned char *)room, n);
	if (room != NULL && !d->bad)
		return true;
	out->n = start;
	return false;
}

int
certs_find(const struct certs *c, struct str subject, size_t *at,
    struct buf *out)
{
	struct decoder d;
	struct str text;

	if (c->path != NULL && c->pem.p == NULL)
		return roots_find(subject, at, out);
	while (c->pem.p != NULL && next_block(c->pem, at, &text)) {
		/* The head is written before it is read. */
		d.text = text;
		d.bits = d.pending = 0;
		d.bad = false;
		d.n = 0;
		if (is_for(&d, subject) && give(&d, out))
			return 1;
	}
	return 0;
}

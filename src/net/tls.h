/* SPDX-License-Identifier: ISC */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fault.h"

struct chain;
struct credentials;

/* What a session needs to know; strings are the caller's. */
struct tls_settings {
	const char	*host;		/* name or address to be verified */
	const char	*domain;	/* a name that is as good; or NULL */
	const char	*ca_file;	/* NULL: the system's bundle */
	const char	*pins;		/* "sha256:HEX ...", or NULL */
	const char	*cert, *key;	/* client certificate, PEM; or NULL */
	const struct credentials *credentials; /* these files, or NULL */
	int		 minimum;	/* 12 or 13 */
	bool		 verify;	/* false: only note the verdict */
};

/*
 * A pin is the SHA-256 hash of the SubjectPublicKeyInfo of the peer's own
 * certificate.  With pins one of them must match, even when verify is false,
 * and no other check of the certificate is made.
 */

/* A TLS client session.  Opaque; the only user is stream.c. */
struct tls;

enum { TLS_ERROR = -1, TLS_WANT_READ = -2, TLS_WANT_WRITE = -3 };

/*
 * Prepares a session on a connected, non-blocking socket, which stays the
 * caller's.  NULL with EX_CONFIG (CA, pin or key file), EX_OSERR.
 */
struct tls *tls_new(int fd, const struct tls_settings *, struct fault *);
void tls_free(struct tls *);

/*
 * One step of the handshake: 0 when done, TLS_WANT_*, or TLS_ERROR with
 * EX_UNAVAILABLE and a text that names the check that failed, the
 * certificate's SHA-256 pin and the keyword that would accept it.
 */
int tls_handshake(struct tls *, struct fault *);

/*
 * Octets moved, 0 at the peer's end of data (read), or TLS_*.  What is written
 * may stay here, and so may the end of the handshake, until the next flush or
 * read.
 */
int tls_read(struct tls *, char *, size_t, struct fault *);
int tls_write(struct tls *, struct str, struct fault *);

/* Sends what is held back: 0 when all is out, or TLS_*. */
int tls_flush(struct tls *, struct fault *);

/* True when decrypted octets wait inside the session. */
bool tls_pending(const struct tls *);

/*
 * True when there is more to be had from tls_read() than poll(2) can know of:
 * decrypted octets, or records that were received but not looked at yet.
 */
bool tls_buffered(const struct tls *);

/* Sends close_notify; never waits. */
void tls_close(struct tls *);

/* True when the peer's certificate was verified or its pin matched. */
bool tls_verified(const struct tls *);

/* "TLSv1.3 with TLS1-3-AES-256-GCM-SHA384", for -v; valid with the session. */
const char *tls_describe(const struct tls *);

/*
 * Channel binding for SCRAM-PLUS: stores the type's name ("tls-exporter",
 * RFC 9266, or "tls-server-end-point", RFC 5929) in *type and appends the
 * data.  Returns -1 when none is to be had.
 */
int tls_binding(struct tls *, const char **type, struct buf *data);

/* The peer's certificates, to be shown. */
void tls_chain(const struct tls *, struct chain *);

/* The library's name and version. */
const char *tls_version(void);

#endif

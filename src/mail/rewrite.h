/* SPDX-License-Identifier: ISC */
#ifndef MAIL_REWRITE_H
#define MAIL_REWRITE_H

#include "mail/compose.h"
#include "mail/pieces.h"
#include "mail/sender_map.h"

struct message;

/* What a header should say of its origin.  Strings are the caller's. */
struct identity {
	const char	*address;	/* for From: complete */
	const char	*name;		/* full name; NULL or "": none */
	const char	*domain;	/* completes addresses without one */
	const char	*hostname;	/* right side of Message-ID */
	const char	*force;		/* the only address From may have; or
					   NULL */
	const struct sender_map *map;	/* for authors named in the header */
	struct stamp	*stamp;		/* for Date and Message-ID */
	const char	*leave;		/* names of fields not to be added,
					   taken out or changed; or NULL */
	bool		 gateway;	/* nothing added, completed, mapped */
};

/*
 * Lays out the header that leaves, blank line included.  Bcc, Resent-Bcc,
 * Content-Length and Return-Path are taken out; addresses without a domain
 * get one, authors are mapped; Date, From, To and Message-ID are added at the
 * end where missing, and the Resent- ones at the top when the message is
 * resent (RFC 5322 sections 3.6 and 3.6.6).  With force, From keeps the full
 * name and gets that address; what stood there becomes Reply-To when there is
 * none; Sender is taken out.  Every other octet stays as and where it is.
 * Views of the message, whose scratch file is used, and which must outlive the
 * pieces.  Returns -1 with
 * EX_OSERR (no memory) or EX_CONFIG (the map).
 */
int rewrite_header(struct pieces *, struct message *,
    const struct identity *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_REWRITE_H
#define MAIL_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/fault.h"
#include "base/str.h"

struct message;

/* A text as a row of pieces: views of the original, and added bytes. */
struct piece {
	struct str	 text;		/* never empty */
	char		*own;		/* freed with the pieces; or NULL */
};

struct pieces {
	struct piece	*piece;
	size_t		 count, room;
};

void pieces_free(struct pieces *);

/* What fills in for fields the caller left out.  Strings are the caller's. */
struct identity {
	const char	*address;	/* for From: qualified addr-spec */
	const char	*name;		/* full name; NULL or "": none */
	const char	*domain;	/* completes addresses without one */
	const char	*hostname;	/* right side of Message-ID */
	time_t		 now;
	bool		 gateway;	/* nothing is added or completed */
};

/*
 * Lays out the header that leaves, blank line included: Bcc, Resent-Bcc and
 * Return-Path are taken out; addresses without a domain get one; Date, From,
 * To and Message-ID are added at the end where missing, and the Resent- ones
 * at the top when the message is resent (RFC 5322 sections 3.6 and 3.6.6).
 * Every other octet stays as and where it is.  Views of the message, which
 * must outlive the pieces.  Returns -1 with EX_OSERR (no memory).
 */
int rewrite_header(struct pieces *, const struct message *,
    const struct identity *, struct fault *);

#endif

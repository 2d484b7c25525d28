/* SPDX-License-Identifier: ISC */
#ifndef MAIL_DOWNGRADE_H
#define MAIL_DOWNGRADE_H

#include "base/buf.h"
#include "base/fault.h"
#include "mail/addr.h"

/* What a header must be like to leave. */
struct header_rules {
	bool	 utf8;		/* it may be UTF-8 (RFC 6532) */
	bool	 sealed;	/* it is signed: nothing may be changed */
	const char *without;	/* name of fields to be left out; or NULL */
	const char *leave;	/* names of fields to be left as they are */
};

/*
 * Adds the fields of a header in canonical form, without its blank line, so
 * that no line is over 998 octets and every octet below 128, or with utf8 all
 * of it UTF-8: encoded words (RFC 2047) in text, display names and comments,
 * RFC 2231 for parameters, A-labels for domains, percent signs in URIs; an
 * address that is left is shown in the name of an empty group, another field
 * that has it not in comments alone gets a name with "Downgraded-" (RFC 6857).
 * What need not change is added as it is; *changed tells whether something had
 * to.  The buffer has room for HEADER_GROWTH() of the octets, and is a paged
 * one if they may be many.  Returns -1 with EX_OSERR, or EX_DATAERR for what
 * cannot leave: an author's address that only SMTPUTF8 can show, a line without
 * a place to break it, a sealed header, one to be left.
 */
#define HEADER_GROWTH(n)	((n) * 40 + 4096)
int header_fit(struct buf *, struct str header,
    const struct header_rules *, bool *changed, struct fault *);

/*
 * Writes an address with A-labels where its domain needs them.  Returns -1 for
 * one that has no such form: its local part is not ASCII, or its domain cannot
 * be in DNS.
 */
int address_downgrade(const char *address, char ascii[ADDR_MAX + 1]);

/*
 * True when an address in the header can be shown as it is with UTF-8 only:
 * its local part is not ASCII, or its domain has no A-labels.
 */
bool header_needs_utf8(struct str header);

#endif

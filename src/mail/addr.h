/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ADDR_H
#define MAIL_ADDR_H

#include "base/fault.h"
#include "base/str.h"

/* RFC 5321 section 4.5.3.1: 64 + "@" + 255, and the path's limit of 256. */
enum { ADDR_LOCAL_MAX = 64, ADDR_DOMAIN_MAX = 255, ADDR_MAX = 254 };

/* One mailbox out of an address list. */
struct addr {
	char		 spec[ADDR_MAX + 1];	/* local or local@domain */
	const char	*domain;	/* in spec, behind the "@"; or NULL */
	struct str	 text;		/* its place in the list, trimmed */
	struct str	 written;	/* the address alone, in the list */
	struct str	 phrase;	/* display name as written, or empty */
	const char	*end;		/* in the list: behind the local part
					   when there is no domain, else NULL */
	bool		 empty;		/* "<>" */
};

/* An address list being read. */
struct addr_list {
	struct str	 rest;
	bool		 in_group;
};

/* Starts reading the body of a header field, or an argument. */
void addr_start(struct addr_list *, struct str text);

/*
 * Takes the next mailbox: RFC 5322 section 3.4 with the obsolete forms of
 * section 4.4: comments, folding, groups (their names are skipped, their
 * members taken), routes (dropped), quoted strings, domain literals, empty
 * list elements, and ";" for ",".  spec is what belongs into an SMTP path:
 * quoted only where needed, comments and white space gone, case unchanged.
 * Returns 1, 0 at the end of the list, or -1 with EX_DATAERR for an element
 * that is no address: a->text is the element, the fault says why ("not an
 * address: two words ..."), and reading goes on behind it.  The list is read
 * in linear time.
 */
int addr_next(struct addr_list *, struct addr *a, struct fault *);

/*
 * The same, but passes over elements that have a domain, whether they are
 * addresses or not.
 */
int addr_next_bare(struct addr_list *, struct addr *a, struct fault *);

/*
 * Reads exactly one mailbox, "<>" included (empty spec).  Else -1 with
 * EX_DATAERR; the text then starts with the words that are no address.
 */
int addr_single(struct str text, struct addr *, struct fault *);

/* Checks a domain name (letters, digits, "-", "_", UTF-8) or [literal]. */
bool addr_domain_valid(struct str);

#endif

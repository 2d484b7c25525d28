/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ELEMENT_H
#define MAIL_ELEMENT_H

#include "mail/addr.h"

#define ELEMENT_GRAMMAR	" (RFC 5322 section 3.4)"

/* An element of an address list, before its grammar is looked at. */
struct element {
	struct str	 text;		/* trimmed, without a group's name */
	const char	*open, *close;	/* angle brackets; or NULL */
	const char	*why;		/* why it is no address; or NULL */
	bool		 at;		/* "@" before any angle bracket */
	bool		 domain;	/* "@" in the address, not in a route */
	bool		 angle;		/* its end is in angle brackets */
	bool		 literal;	/* its end is in square brackets */
};

/*
 * Takes the next element and the separator behind it off a list that is not
 * empty.  Comments, quoted strings and angle brackets hide separators; one
 * that never ends reaches to the end of the list.  When why is NULL all of
 * them are closed, and there is no control character but folding and tabs.
 */
void element_next(struct addr_list *, struct element *);

/* Where the comments and the folding white space at p end. */
const char *element_skip_cfws(const char *p, const char *end);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_SPF_H
#define DOCTOR_SPF_H

#include "base/fault.h"
#include "base/str.h"

/* Mechanisms and modifiers, RFC 7208 sections 5 and 6. */
enum spf_kind {
	SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_IP4, SPF_IP6,
	SPF_EXISTS, SPF_REDIRECT, SPF_EXP, SPF_OTHER
};

struct spf_term {
	enum spf_kind	 kind;
	char		 qualifier;	/* '+', '-', '~' or '?' */
	struct str	 text;		/* as it stands there */
	struct str	 domain;	/* empty: the one in question */
	bool		 macro;		/* the domain has macros in it */
	unsigned char	 octets[16];	/* ip4, ip6 */
	unsigned	 prefix4, prefix6;
};

/* True when the record is meant to be SPF: "v=spf1", alone or with terms. */
bool spf_is(struct str record);

/*
 * Takes the next term off; *rest starts as the whole record.  Returns 1, 0 at
 * the end, -1 with EX_DATAERR and a reason when the record is not valid.
 */
int spf_next(struct str *rest, struct spf_term *, struct fault *);

#endif

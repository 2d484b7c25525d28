/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ADDR_PART_H
#define MAIL_ADDR_PART_H

#include "base/str.h"

#define ADDR_PART_LIMITS	" (RFC 5321 section 4.5.3.1)"

/* What most addresses are made of, and all domains; RFC 6532: UTF-8. */
static inline bool
addr_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	    (unsigned char)c >= 128;
}

/* Why this is no domain, or address literal, with the RFC; NULL: it is. */
const char *addr_domain_problem(struct str);

/* Why this is no text for an address, in UTF-8; NULL: it is. */
const char *addr_text_problem(struct str);

#endif

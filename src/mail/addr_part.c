/* SPDX-License-Identifier: ISC */
/*
 * What the parts of an address may be made of, however they were written:
 * RFC 5321 sections 4.1.2, 4.1.3 and 4.5.3.1, RFC 1034 section 3, RFC 6532.
 */
#include <arpa/inet.h>

#include <string.h>

#include "base/seek.h"
#include "base/utf8.h"
#include "mail/addr_part.h"
#include "mail/element.h"

enum { LABEL_MAX = 63 };

/* Why this is no address literal (RFC 5321 section 4.1.3); or NULL. */
static const char *
literal_problem(struct str s)
{
	static const char why[] =
	    "a bad address literal (RFC 5321 section 4.1.3)";
	const struct str v6 = STR("IPv6:");
	unsigned char binary[sizeof(struct in6_addr)];
	char inner[sizeof("IPv6:") + INET6_ADDRSTRLEN];
	const char *at = inner;
	int family = AF_INET;

	if (s.n < 3 || s.n - 2 >= sizeof(inner) || s.p[s.n - 1] != ']' ||
	    memchr(s.p, '\0', s.n) != NULL)
		return why;
	memcpy(inner, s.p + 1, s.n - 2);
	inner[s.n - 2] = '\0';
	if (str_istarts(str_of(inner), v6)) {
		family = AF_INET6;
		at += v6.n;
	}
	return inet_pton(family, at, binary) == 1 ? NULL : why;
}

const char *
addr_domain_problem(struct str s)
{
	size_t label = 0;

	if (s.n == 0)
		return "no domain behind the \"@\"" ELEMENT_GRAMMAR;
	if (s.n > ADDR_DOMAIN_MAX)
		return "a domain of more than 255 octets" ADDR_PART_LIMITS;
	if (s.p[0] == '[')
		return literal_problem(s);
	for (size_t i = 0; i <= s.n; i++) {
		if (i == s.n || s.p[i] == '.') {
			if (label == 0)
				return "an empty label in the domain"
				    " (RFC 1034 section 3.5)";
			label = 0;
			continue;
		}
		if (!addr_plain(s.p[i]))
			return "a domain has only letters, digits, \"-\" and"
			    " \"_\" (RFC 1034 section 3.5)";
		/* An A-label is longer than the characters it stands for. */
		if (((unsigned char)s.p[i] & 0xc0) != 0x80 &&
		    ++label > LABEL_MAX)
			return "a label of more than 63 octets in the domain"
			    " (RFC 1034 section 3.1)";
	}
	return NULL;
}

const char *
addr_text_problem(struct str s)
{
	uint32_t c;

	if (seek_control(s) == s.n && !str_has_8bit(s))
		return NULL;
	for (size_t n; s.n > 0; s.p += n, s.n -= n) {
		if ((n = utf8_decode(s, &c)) == 0)
			return "not UTF-8 (RFC 6532 section 3.1)";
		if (c < ' ' || (c >= 127 && c < 160))
			return "a control character in it"
			    " (RFC 5321 section 4.1.2)";
	}
	return NULL;
}

bool
addr_domain_valid(struct str s)
{
	return addr_domain_problem(s) == NULL && addr_text_problem(s) == NULL;
}

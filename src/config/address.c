/* SPDX-License-Identifier: ISC */
/* What an address in the configuration looks like. */
#include <string.h>

#include "config/address.h"

/* RFC 5321 section 4.5.3.1.3: a path of 256 octets with its "<" and ">". */
enum { ADDRESS_MAX = 254 };

static int
bad(const char *value, const char *why, struct fault *f)
{
	return fault(f, EX_CONFIG, "\"%.80s\": %s", value, why);
}

int
address_check(const char *value, struct fault *f)
{
	const char *domain = strrchr(value, '@');

	if (domain == NULL || domain == value || domain[1] == '\0' ||
	    strpbrk(value, " <>") != NULL)
		return bad(value, "not an address of the form user@domain", f);
	if (strlen(value) > ADDRESS_MAX)
		return bad(value, "too long for an address "
		    "(RFC 5321 section 4.5.3.1.3)", f);
	return 0;
}

int
address_check_template(const char *value, struct fault *f)
{
	for (const char *c = value; (c = strchr(c, '%')) != NULL; c += 2)
		if (c[1] == '\0' || strchr("uhd%", c[1]) == NULL)
			return bad(value, "% must be followed by u, h, d or %",
			    f);
	return address_check(value, f);
}

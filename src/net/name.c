/* SPDX-License-Identifier: ISC */
/*
 * Whether the name in a certificate is that of the host one meant to reach:
 * RFC 9525.  No partial wildcards, no wildcard for more than one label, no
 * wildcard over a whole top-level domain, and none that matches an address.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <string.h>

#include "net/name.h"

size_t
name_address(const char *host, unsigned char octets[NAME_ADDRESS_MAX])
{
	if (inet_pton(AF_INET, host, octets) == 1)
		return 4;
	return inet_pton(AF_INET6, host, octets) == 1 ? 16 : 0;
}

bool
name_covers(struct str name, const char *host)
{
	unsigned char octets[NAME_ADDRESS_MAX];
	struct str wanted = str_of(host), label;

	if (name_address(host, octets) != 0)
		return false;
	if (wanted.n > 0 && wanted.p[wanted.n - 1] == '.')
		wanted.n--;
	if (wanted.n == 0)
		return false;
	if (name.n < 2 || name.p[0] != '*' || name.p[1] != '.')
		return str_ieq(name, wanted);

	name.p += 2;
	name.n -= 2;
	if (name.n == 0 || memchr(name.p, '.', name.n) == NULL)
		return false;
	return str_cut(&wanted, '.', &label) && label.n > 0 &&
	    str_ieq(name, wanted);
}

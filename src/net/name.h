/* SPDX-License-Identifier: ISC */
#ifndef NET_NAME_H
#define NET_NAME_H

#include "base/str.h"

enum { NAME_ADDRESS_MAX = 16 };

/*
 * The octets of an IPv4 or IPv6 address literal (no brackets, no scope):
 * stores them and returns 4 or 16, or 0 when the host is a name.
 */
size_t name_address(const char *host, unsigned char octets[NAME_ADDRESS_MAX]);

/*
 * True when the DNS name of a certificate covers this host name (RFC 9525
 * section 6.3): the same but for case and a final dot of the host's, or a
 * whole leftmost label "*" before at least two more labels, standing for
 * exactly one.  False for an address, whatever the name is.
 */
bool name_covers(struct str name, const char *host);

#endif

/* SPDX-License-Identifier: ISC */
/* Socket addresses and their text forms; nothing is looked up here. */
#include <arpa/inet.h>
#include <net/if.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/string.h>

#include "net/address.h"

void
address_make(struct address *a, const unsigned char *octets, size_t n,
    uint16_t port)
{
	*a = (struct address){ 0 };
	if (n == sizeof(a->is.v4.sin_addr)) {
		a->is.v4.sin_family = AF_INET;
		a->is.v4.sin_port = htons(port);
		memcpy(&a->is.v4.sin_addr, octets, n);
		a->size = sizeof(a->is.v4);
	} else {
		a->is.v6.sin6_family = AF_INET6;
		a->is.v6.sin6_port = htons(port);
		memcpy(&a->is.v6.sin6_addr, octets, n);
		a->size = sizeof(a->is.v6);
	}
}

static bool
local(struct address *a, const char *path)
{
	*a = (struct address){ 0 };
	a->is.local.sun_family = AF_UNIX;
	a->size = sizeof(a->is.local);
	return strlcpy(a->is.local.sun_path, path,
	    sizeof(a->is.local.sun_path)) < sizeof(a->is.local.sun_path);
}

/* RFC 4007 section 11: the name of an interface, or its number. */
static bool
scope(struct address *a, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n == 0 || n > UINT32_MAX)
		n = if_nametoindex(text);
	a->is.v6.sin6_scope_id = (uint32_t)n;
	return n != 0;
}

bool
address_parse(struct address *a, const char *text, uint16_t port)
{
	char plain[INET6_ADDRSTRLEN];
	unsigned char octets[sizeof(struct in6_addr)];
	size_t n;

	if (text[0] == '/')
		return local(a, text);
	if (inet_pton(AF_INET, text, octets) == 1) {
		address_make(a, octets, sizeof(struct in_addr), port);
		return true;
	}
	n = strcspn(text, "%");
	if (n >= sizeof(plain))
		return false;
	memcpy(plain, text, n);
	plain[n] = '\0';
	if (inet_pton(AF_INET6, plain, octets) != 1)
		return false;
	address_make(a, octets, sizeof(octets), port);
	return text[n] == '\0' || scope(a, text + n + 1);
}

void
address_print(const struct address *a, char text[ADDRESS_TEXT])
{
	const void *octets = a->is.any.sa_family == AF_INET ?
	    (const void *)&a->is.v4.sin_addr : &a->is.v6.sin6_addr;

	if (a->is.any.sa_family == AF_UNIX)
		(void)snprintf(text, ADDRESS_TEXT, "%s", a->is.local.sun_path);
	else if (inet_ntop(a->is.any.sa_family, octets, text,
	    ADDRESS_TEXT) == NULL)
		text[0] = '\0';
}

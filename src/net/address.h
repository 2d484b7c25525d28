/* SPDX-License-Identifier: ISC */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* The longest is the path of a Unix socket. */
enum { ADDRESS_TEXT = sizeof(((struct sockaddr_un *)0)->sun_path) };

/* Where to connect to. */
struct address {
	union {
		struct sockaddr		any;
		struct sockaddr_in	v4;
		struct sockaddr_in6	v6;
		struct sockaddr_un	local;
	} is;
	socklen_t	size;
};

/*
 * Understands the literal of an IPv4 address, of an IPv6 address with or
 * without %SCOPE (no brackets), and the absolute path of a Unix socket; false
 * for anything else.
 */
bool address_parse(struct address *, const char *text, uint16_t port);

/* An address from the octets of an A (4) or AAAA (16) record. */
void address_make(struct address *, const unsigned char *octets, size_t n,
    uint16_t port);

/* The literal, without a port. */
void address_print(const struct address *, char text[ADDRESS_TEXT]);

#endif

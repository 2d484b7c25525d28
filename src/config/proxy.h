/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_PROXY_H
#define CONFIG_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

/* RFC 1929: name and password have one octet for their length. */
enum { PROXY_TEXT = 256 };

/* The server through which relays are reached.  Holds a secret. */
struct proxy {
	bool		 http;		/* CONNECT; otherwise SOCKS5 */
	uint16_t	 port;
	char		 host[PROXY_TEXT];
	char		 user[PROXY_TEXT];	/* "": no login */
	char		 password[PROXY_TEXT];
};

/*
 * Takes "socks5://host:port" or "http://host:port" apart, with "user:password@"
 * before the host or without; "%XX" in these two stands for an octet.  Returns
 * -1 with EX_CONFIG; no text shows a password.
 */
int proxy_parse(struct proxy *, const char *url, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_URL_H
#define CONFIG_URL_H

#include "config/conf.h"

/*
 * Takes a relay URL ("host", "submission://host:port", "maildir:/path", ...)
 * apart into kind, tls, host, port and path of the relay, which are allocated
 * and owned by it.  Refuses user:password@ in it, a path behind a host, port
 * 0 and anything that is no host name or address.  Returns -1 with EX_CONFIG.
 */
int url_parse(struct relay *, const char *url, struct fault *);

#endif

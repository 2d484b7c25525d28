/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_URL_H
#define CONFIG_URL_H

#include "config/conf.h"

/* True for a domain name: letters, digits, "-" and "_" between single dots. */
bool url_is_domain(struct str);

/*
 * Takes "host", "host:port", "[v6]" or "[v6]:port" apart; one "/" behind it is
 * harmless.  host is a view without brackets; the port stays what it was when
 * none is given.  Returns -1 with EX_CONFIG.
 */
int url_authority(struct str, struct str *host, uint16_t *port,
    struct fault *);

/*
 * Takes a relay URL ("host", "submission://host:port", "lmtp:/socket", ...)
 * apart into kind, tls, lmtp, host, port and path of the relay, which are
 * allocated and owned by it; the host with A-labels.  Refuses user:password@ in
 * it (without showing it), a path behind a host, port 0 and anything that is no
 * host name or address.  Returns -1 with EX_CONFIG or EX_OSERR; the relay is
 * then unchanged.
 */
int url_parse(struct relay *, const char *url, struct fault *);

#endif

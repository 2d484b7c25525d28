/* SPDX-License-Identifier: ISC */
#ifndef NET_TUNNEL_H
#define NET_TUNNEL_H

#include "base/fault.h"
#include "config/proxy.h"
#include "net/resolve.h"

/*
 * Asks the proxy, to which fd is connected, for a connection to the target;
 * names are looked up by the proxy.  Afterwards the socket leads to the target,
 * and no octet of what comes from there has been read.  Returns -1 with
 * EX_UNAVAILABLE.
 */
int tunnel_open(int fd, const struct proxy *, const struct target *,
    int64_t deadline, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include <stdint.h>

#include "base/fault.h"

enum { DIAL_NAME_MAX = 64 };

/*
 * Connects to host (name or address literal) and port; every address is
 * tried in turn until the deadline.  Stores the numeric address of the one
 * that answered in name.  Returns the socket (close-on-exec, non-blocking,
 * TCP_NODELAY) or -1 with EX_UNAVAILABLE; the text tells a name that does not
 * resolve, a refused connection and a connection that timed out apart, and
 * names each address tried.
 */
int dial(const char *host, uint16_t port, int64_t deadline,
    char name[DIAL_NAME_MAX], struct fault *);

#endif

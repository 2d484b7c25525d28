/* SPDX-License-Identifier: ISC */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include "config/conf.h"

/*
 * Makes the socket of a connection to be, as source-address and bind-interface
 * of the relay want it: close-on-exec, non-blocking.  Returns 0 or an error
 * number: EAFNOSUPPORT when there is no source-address of that family.
 */
int socket_open(int *fd, int family, const struct relay *);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Sockets for connections to relays, bound as the settings say.  They are for
 * the mail: what else holds a descriptor gives it up when there is none left.
 */
#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/signals.h"
#include "net/address.h"
#include "net/socket.h"

/* Gives the socket the source address that the settings ask for. */
static int
bind_source(int fd, const struct relay *relay, int family)
{
	struct str rest = str_of(relay->source), word;
	char text[ADDRESS_TEXT];
	struct address a;

	while (str_word(&rest, &word)) {
		(void)snprintf(text, sizeof(text), "%.*s", STR_ARG(word));
		if (!address_parse(&a, text, 0) || a.is.any.sa_family != family)
			continue;
		return bind(fd, &a.is.any, a.size) == 0 ? 0 : errno;
	}
	return relay->source == NULL ? 0 : EAFNOSUPPORT;
}

/* Where there is no descriptor left, the mail goes before the log. */
static int
make_socket(int family)
{
	int fd;

	do
		fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	while (fd < 0 && errno == EMFILE && (log_spare() || signals_spare()));
	return fd;
}

static int
prepare(int fd, int family, const struct relay *relay)
{
	if (family == AF_UNIX)
		return 0;
	if (relay->interface != NULL && setsockopt(fd, SOL_SOCKET,
	    SO_BINDTODEVICE, relay->interface,
	    (socklen_t)strlen(relay->interface)) != 0)
		return errno;
	return bind_source(fd, relay, family);
}

int
socket_open(int *fd, int family, const struct relay *relay)
{
	int error;

	*fd = make_socket(family);
	if (*fd < 0)
		return errno;
	error = prepare(*fd, family, relay);
	if (error != 0) {
		(void)close(*fd);
		*fd = -1;
	}
	return error;
}

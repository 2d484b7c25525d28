/* SPDX-License-Identifier: ISC */
/*
 * What a proxy says.  The first octet chooses its kind, the login and what is
 * asked for.  If there is a way through, not one octet behind the proxy's
 * answer has been taken.
 */
#include <sys/socket.h>

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/tunnel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HTTP = 1, LOGIN = 2, ADDRESS = 4, MOST = 32 * 1024 };

/* Where the answer that lets through ends. */
static size_t
answered(struct str said, bool http)
{
	const unsigned char *p = (const unsigned char *)said.p;
	size_t n = 2, bound;

	for (size_t i = 0; http && i < said.n; i++)
		if (i >= 3 && (memcmp(p + i - 3, "\r\n\r\n", 4) == 0 ||
		    memcmp(p + i - 1, "\n\n", 2) == 0))
			return i + 1;
	assert(!http && said.n > 2 && p[0] == 5);
	if (p[1] == 2)
		n += 2;
	assert(n + 5 <= said.n && p[n] == 5 && p[n + 1] == 0);
	bound = p[n + 3] == 3 ? 1 + (size_t)p[n + 4] : p[n + 3] == 4 ? 16 : 4;
	return n + 4 + bound + 2;
}

static size_t
left(int fd)
{
	char rest[4096];
	ssize_t n;
	size_t all = 0;

	while ((n = recv(fd, rest, sizeof(rest), MSG_DONTWAIT)) > 0)
		all += (size_t)n;
	return all;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy proxy = { .host = "proxy.example", .port = 1080 };
	struct target target = { .port = 587 };
	struct fault f = { 0 };
	struct str said;
	int pair[2];

	if (size < 1 || size > MOST)
		return 0;
	said = (struct str){ (const char *)data + 1, size - 1 };
	proxy.http = (data[0] & HTTP) != 0;
	if ((data[0] & LOGIN) != 0) {
		memcpy(proxy.user, "kit", 4);
		memcpy(proxy.password, "pass", 5);
	}
	target.host = (data[0] & ADDRESS) == 0 ? "relay.example" :
	    (data[0] & 8) == 0 ? "192.0.2.1" : "2001:db8::1";
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
	    (said.n > 0 && write(pair[1], said.p, said.n) !=
	    (ssize_t)said.n) || shutdown(pair[1], SHUT_WR) != 0)
		abort();
	if (tunnel_open(pair[0], &proxy, &target, clock_deadline(9000,
	    CLOCK_NEVER), &f) == 0)
		assert(left(pair[0]) == said.n - answered(said, proxy.http));
	else {
		assert(f.code == EX_UNAVAILABLE);
		for (const char *p = f.text; *p != '\0'; p++)
			assert(*p >= ' ' && *p <= '~');
	}
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The ways through a proxy: SOCKS5 (RFC 1928) with user and password (RFC
 * 1929), and HTTP CONNECT (RFC 9110 section 9.3.6) with Basic authentication
 * (RFC 7617).  Both end at an octet that is known beforehand or recognized when
 * it comes, so that nothing of the relay's greeting is taken.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bsd/string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "net/address.h"
#include "net/tunnel.h"
#include "net/wait.h"

enum { REQUEST_MAX = 2048, HEADER_MAX = 8192, STATUS_SHOWN = 100 };

/* A conversation with a proxy. */
struct talk {
	int			 fd;
	const struct proxy	*proxy;
	const struct target	*target;
	int64_t			 deadline;
	struct fault		*f;
};

static int
refuse(const struct talk *t, const char *why)
{
	return fault(t->f, EX_UNAVAILABLE, "proxy %s:%u: %s:%u: %s",
	    t->proxy->host, (unsigned)t->proxy->port, t->target->host,
	    (unsigned)t->target->port, why);
}

static int
check(const struct talk *t, int error)
{
	switch (error) {
	case 0:
		return 0;
	case ETIMEDOUT:
		return refuse(t, "the proxy does not answer");
	case ECONNRESET:
		return refuse(t, "connection closed by the proxy");
	default:
		return refuse(t, strerror(error));
	}
}

static int
put(const struct talk *t, struct buf *b)
{
	int status = b->failed ? refuse(t, "out of memory") :
	    check(t, wait_write(t->fd, b->p, b->n, t->deadline));

	buf_free(b);
	return status;
}

static int
get(const struct talk *t, unsigned char *p, size_t n)
{
	return check(t, wait_read(t->fd, p, n, t->deadline));
}

/* RFC 1929. */
static int
socks_login(const struct talk *t)
{
	const struct proxy *p = t->proxy;
	unsigned char reply[2];
	struct buf b;

	buf_init(&b, REQUEST_MAX);
	(void)buf_char(&b, 1);
	(void)buf_char(&b, (char)strlen(p->user));
	(void)buf_puts(&b, p->user);
	(void)buf_char(&b, (char)strlen(p->password));
	(void)buf_puts(&b, p->password);
	if (put(t, &b) != 0 || get(t, reply, 2) != 0)
		return -1;
	return reply[1] == 0 ? 0 :
	    refuse(t, "the proxy refuses user or password");
}

static int
socks_greet(const struct talk *t)
{
	const bool named = t->proxy->user[0] != '\0';
	unsigned char reply[2];
	struct buf b;

	buf_init(&b, REQUEST_MAX);
	(void)buf_add(&b, named ? "\5\2\0\2" : "\5\1\0", named ? 4 : 3);
	if (put(t, &b) != 0 || get(t, reply, 2) != 0)
		return -1;
	if (reply[0] != 5)
		return refuse(t, "this is no SOCKS5 proxy");
	if (reply[1] == 2 && named)
		return socks_login(t);
	return reply[1] == 0 ? 0 : refuse(t, named ?
	    "the proxy wants another kind of login" :
	    "the proxy wants a login (proxy socks5://USER:PASSWORD@...)");
}

static int
socks_ask(const struct talk *t)
{
	const struct target *p = t->target;
	struct address a;
	struct buf b;

	buf_init(&b, REQUEST_MAX);
	(void)buf_add(&b, "\5\1\0", 3);
	if (!address_parse(&a, p->host, p->port)) {
		(void)buf_char(&b, 3);
		(void)buf_char(&b, (char)strlen(p->host));
		(void)buf_puts(&b, p->host);
	} else if (a.is.any.sa_family == AF_INET) {
		(void)buf_char(&b, 1);
		(void)buf_add(&b, &a.is.v4.sin_addr, 4);
	} else {
		(void)buf_char(&b, 4);
		(void)buf_add(&b, &a.is.v6.sin6_addr, 16);
	}
	(void)buf_char(&b, (char)(p->port >> 8));
	(void)buf_char(&b, (char)p->port);
	return put(t, &b);
}

static int
socks(const struct talk *t)
{
	/* RFC 1928 section 6. */
	static const char *const reasons[] = { "",
		"the proxy has failed", "not allowed by the proxy",
		"network is unreachable", "no route to host",
		"connection refused", "connection timed out",
		"not supported by the proxy", "not supported by the proxy"
	};
	unsigned char reply[4], bound[256 + 2];
	size_t n;

	if (socks_greet(t) != 0 || socks_ask(t) != 0 ||
	    get(t, reply, sizeof(reply)) != 0)
		return -1;
	if (reply[0] != 5)
		return refuse(t, "this is no SOCKS5 proxy");
	if (reply[1] != 0)
		return refuse(t, reply[1] < sizeof(reasons) /
		    sizeof(reasons[0]) ? reasons[reply[1]] :
		    "refused by the proxy");
	/* The address bound says nothing, but has to be read. */
	if (reply[3] == 3) {
		if (get(t, bound, 1) != 0)
			return -1;
		n = bound[0];
	} else {
		n = reply[3] == 4 ? 16 : 4;
	}
	return get(t, bound, n + 2);
}

static int
http_ask(const struct talk *t)
{
	const struct target *p = t->target;
	const bool v6 = strchr(p->host, ':') != NULL;
	char where[300];
	struct buf b, login;

	(void)snprintf(where, sizeof(where), v6 ? "[%s]:%u" : "%s:%u",
	    p->host, (unsigned)p->port);
	buf_init(&b, REQUEST_MAX);
	(void)buf_fmt(&b, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", where, where);
	if (t->proxy->user[0] != '\0') {
		buf_init(&login, REQUEST_MAX);
		(void)buf_fmt(&login, "%s:%s", t->proxy->user,
		    t->proxy->password);
		(void)buf_puts(&b, "Proxy-Authorization: Basic ");
		(void)base64_encode(&b, buf_view(&login));
		(void)buf_puts(&b, "\r\n");
		buf_free(&login);
	}
	(void)buf_puts(&b, "\r\n");
	return put(t, &b);
}

/* Octet by octet: what stands behind the empty line is the relay's. */
static int
http(const struct talk *t)
{
	struct str rest, line;
	char header[HEADER_MAX + 1], status[STATUS_SHOWN];
	size_t n = 0;

	if (http_ask(t) != 0)
		return -1;
	do {
		if (n == HEADER_MAX)
			return refuse(t, "this is no HTTP proxy");
		if (get(t, (unsigned char *)header + n, 1) != 0)
			return -1;
		n++;
	} while (n < 4 || (memcmp(header + n - 4, "\r\n\r\n", 4) != 0 &&
	    memcmp(header + n - 2, "\n\n", 2) != 0));
	rest = (struct str){ header, n };
	(void)str_cut(&rest, '\n', &line);
	if (!str_istarts(line, STR("HTTP/1.")) || line.n < 12)
		return refuse(t, "this is no HTTP proxy");
	if (line.p[9] == '2')
		return 0;
	str_escape(status, sizeof(status),
	    str_trim((struct str){ line.p + 9, line.n - 9 }));
	return refuse(t, status);
}

int
tunnel_open(int fd, const struct proxy *proxy, const struct target *target,
    int64_t deadline, struct fault *f)
{
	const struct talk t = { fd, proxy, target, deadline, f };

	return proxy->http ? http(&t) : socks(&t);
}

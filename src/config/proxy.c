/* SPDX-License-Identifier: ISC */
/*
 * URLs of proxies.  Ports when none is given: 1080 (RFC 1928) and 8080.  Name
 * and password are percent-encoded (RFC 3986 section 3.2.1) where they hold
 * ":", "@", "/" or "%".
 */
#include <stdio.h>
#include <string.h>

#include "config/proxy.h"
#include "config/url.h"

static int
digit(char c)
{
	c = ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Copies the text with its "%XX" replaced; NUL cannot be in a C string. */
static int
decode(char out[PROXY_TEXT], struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int c = (unsigned char)s.p[i];

		if (c == '%') {
			int high = i + 2 < s.n ? digit(s.p[i + 1]) : -1;
			int low = high >= 0 ? digit(s.p[i + 2]) : -1;

			c = low < 0 ? 0 : high * 16 + low;
			i += 2;
		}
		if (c == 0 || n + 1 >= PROXY_TEXT)
			return -1;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return 0;
}

static int
login(struct proxy *p, struct str s, struct fault *f)
{
	struct str name;

	(void)str_cut(&s, ':', &name);
	if (name.n == 0 || s.p == NULL || decode(p->user, name) != 0 ||
	    decode(p->password, s) != 0)
		return fault(f, EX_CONFIG, "what stands before @ is not of "
		    "the form user:password, with %%XX for special characters");
	return 0;
}

int
proxy_parse(struct proxy *p, const char *url, struct fault *f)
{
	struct str s = str_of(url), host;
	const char *at = strrchr(url, '@');

	*p = (struct proxy){ 0 };
	if (str_istarts(s, STR("socks5://"))) {
		p->port = 1080;
	} else if (str_istarts(s, STR("http://"))) {
		p->http = true;
		p->port = 8080;
	} else {
		return fault(f, EX_CONFIG, "not of the form "
		    "socks5://HOST:PORT or http://HOST:PORT");
	}
	s.p = strchr(url, '/') + 2;
	s.n = strlen(s.p);
	if (at != NULL) {
		if (login(p, (struct str){ s.p, (size_t)(at - s.p) }, f) == -1)
			return -1;
		s = str_of(at + 1);
	}
	if (url_authority(s, &host, &p->port, f) == -1)
		return -1;
	(void)snprintf(p->host, sizeof(p->host), "%.*s", STR_ARG(host));
	return 0;
}

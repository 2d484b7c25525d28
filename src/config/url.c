/* SPDX-License-Identifier: ISC */
/*
 * Relay URLs.  The scheme alone decides port and TLS, so that nothing can
 * contradict it.  Ports: RFC 6409 (587), RFC 8314 (465), RFC 5321 (25); LMTP
 * has none of its own (RFC 2033 section 5).
 * Names: RFC 1123 with "_" allowed, as names inside networks of containers
 * have it; addresses: RFC 3986 section 3.2.2, scope: RFC 6874.
 */
#include <arpa/inet.h>
#include <net/if.h>

#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "base/idna.h"
#include "config/url.h"

enum { DOMAIN_MAX = 255, LABEL_MAX = 63, SHOWN = 80, SOCKET_PATH_MAX = 107 };

/* Ports that have no usual number, or stand in the DNS. */
enum { NEEDED = 0, FOUND = -1 };

/* What stands behind "scheme://": "host" unless the kind says otherwise. */
static const struct scheme {
	const char	*name;
	enum relay_kind	 kind;
	enum relay_tls	 tls;
	int		 port;		/* or one of those */
	bool		 lmtp;
} schemes[] = {
	{ "submission",		RELAY_SMTP,	TLS_STARTTLS,	587, false },
	{ "submissions",	RELAY_SMTP,	TLS_IMPLICIT,	465, false },
	{ "smtps",		RELAY_SMTP,	TLS_IMPLICIT,	465, false },
	{ "smtp",		RELAY_SMTP,	TLS_OFFERED,	25, false },
	{ "smtp+tls",		RELAY_SMTP,	TLS_STARTTLS,	25, false },
	{ "smtp+notls",		RELAY_SMTP,	TLS_NEVER,	25, false },
	{ "lmtp",		RELAY_SMTP,	TLS_OFFERED,	NEEDED, true },
	{ "mx",			RELAY_MX,	TLS_OFFERED,	25, false },
	{ "srv",		RELAY_SRV,	TLS_STARTTLS,	FOUND, false },
	{ "direct",		RELAY_DIRECT,	TLS_OFFERED,	25, false },
};

/* What stands behind "scheme:" is a path. */
static const struct local {
	const char	*name;		/* with the colon */
	enum relay_kind	 kind;
	bool		 lmtp;
	const char	*example;
} locals[] = {
	{ "maildir:", RELAY_MAILDIR, false, "maildir:/var/mail/test" },
	{ "lmtp:", RELAY_SMTP, true, "lmtp:/run/dovecot/lmtp" },
	{ "smtp:", RELAY_SMTP, false, "smtp:/run/smtp" },
};

static const char known[] = "HOST, submission://HOST, submissions://HOST, "
    "smtps://HOST, smtp://HOST, smtp+tls://HOST, smtp+notls://HOST, "
    "lmtp://HOST:PORT, mx://DOMAIN, srv://DOMAIN, direct://, lmtp:/SOCKET, "
    "smtp:/SOCKET, maildir:/PATH";

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
alnum(char c)
{
	c = ascii_lower(c);
	return (c >= 'a' && c <= 'z') || digit(c);
}

/*
 * A name must not end in a label of digits: resolvers would read "1.2.3" as
 * an address.
 */
bool
url_is_domain(struct str s)
{
	struct str label;
	bool number = true;

	if (s.n == 0 || s.n > DOMAIN_MAX)
		return false;
	while (str_cut(&s, '.', &label)) {
		number = true;
		if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++) {
			char c = label.p[i];

			if (!alnum(c) && c != '-' && c != '_')
				return false;
			number = number && digit(c);
		}
	}
	return !number;
}

/* True for an address of the family, without a scope. */
static bool
is_address(int family, struct str s)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char address[sizeof(struct in6_addr)];

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(family, text, address) == 1;
}

static bool
is_scope(struct str s)
{
	if (s.n == 0 || s.n >= IF_NAMESIZE)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!alnum(s.p[i]) && strchr("-_.", s.p[i]) == NULL)
			return false;
	return true;
}

/* What stood in brackets: an IPv6 address, with or without a scope. */
static int
bracketed(struct str s, struct fault *f)
{
	struct str address, scope = s;

	if (url_is_domain(s) || is_address(AF_INET, s))
		return fault(f, EX_CONFIG, "[%.*s]: brackets are for IPv6 "
		    "addresses", STR_ARG(s));
	(void)str_cut(&scope, '%', &address);
	if (!is_address(AF_INET6, address) ||
	    (scope.p != NULL && !is_scope(scope)))
		return fault(f, EX_CONFIG, "\"%.*s\": not an IPv6 address",
		    s.n > SHOWN ? SHOWN : (int)s.n, s.p);
	return 0;
}

static int
plain(struct str s, struct fault *f)
{
	if (url_is_domain(s) || is_address(AF_INET, s))
		return 0;
	if (s.n == 0)
		return fault(f, EX_CONFIG, "host missing");
	return fault(f, EX_CONFIG, "\"%.*s\": not a host name or address",
	    s.n > SHOWN ? SHOWN : (int)s.n, s.p);
}

static int
number(struct str s, uint16_t *port, struct fault *f)
{
	unsigned n = 0;
	bool ok = s.n <= 5;

	for (size_t i = 0; ok && i < s.n; i++) {
		ok = digit(s.p[i]);
		n = n * 10 + (unsigned)(s.p[i] - '0');
	}
	if (!ok || n == 0 || n > UINT16_MAX)
		return fault(f, EX_CONFIG, "port \"%.*s\": not a number from 1 "
		    "to 65535", s.n > SHOWN ? SHOWN : (int)s.n, s.p);
	*port = (uint16_t)n;
	return 0;
}

int
url_authority(struct str s, struct str *host, uint16_t *port, struct fault *f)
{
	struct str rest = s;
	int ok;

	if (s.n > 0 && s.p[s.n - 1] == '/')
		rest.n = --s.n;
	if (s.n > 0 && memchr(s.p, '/', s.n) != NULL)
		return fault(f, EX_CONFIG, "no path may follow the host");
	if (is_address(AF_INET6, s))
		return fault(f, EX_CONFIG, "IPv6 address without brackets: "
		    "write [ADDRESS] or [ADDRESS]:PORT");
	if (s.n > 0 && s.p[0] == '[') {
		rest.p++, rest.n--;
		(void)str_cut(&rest, ']', host);
		if (rest.p == NULL)
			return fault(f, EX_CONFIG, "] missing");
		if (rest.n > 0 && rest.p[0] != ':')
			return fault(f, EX_CONFIG, "only :PORT may follow ]");
		ok = bracketed(*host, f);
		rest = rest.n > 0 ? (struct str){ rest.p + 1, rest.n - 1 } :
		    (struct str){ NULL, 0 };
	} else {
		(void)str_cut(&rest, ':', host);
		ok = plain(*host, f);
	}
	return ok == 0 && rest.p != NULL ? number(rest, port, f) : ok;
}

/*
 * Takes "scheme://" off the view.  A colon with no slash behind it stands
 * before a port.
 */
static const struct scheme *
scheme(struct str *s, struct fault *f)
{
	struct str rest = *s, name;

	(void)str_cut(&rest, ':', &name);
	if (rest.n == 0 || rest.p[0] != '/')
		return &schemes[0];
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_ieq(name, str_of(schemes[i].name)) &&
		    str_istarts(rest, STR("//"))) {
			*s = (struct str){ rest.p + 2, rest.n - 2 };
			return &schemes[i];
		}
	(void)fault(f, EX_CONFIG, "\"%.*s:%s\": unknown relay type; known "
	    "are %s", name.n > SHOWN ? SHOWN : (int)name.n, name.p,
	    str_istarts(rest, STR("//")) ? "//" : "/", known);
	return NULL;
}

static int
keep(struct relay *r, const char *url, struct str value, bool is_path,
    struct fault *f)
{
	char *copy = strndup(value.p, value.n), *whole = strdup(url);

	if (copy == NULL || whole == NULL) {
		free(copy);
		free(whole);
		return fault(f, EX_OSERR, "out of memory");
	}
	free(r->url);
	free(r->host);
	free(r->path);
	r->url = whole;
	r->host = is_path ? NULL : copy;
	r->path = is_path ? copy : NULL;
	return 0;
}

/* The row of a relay on this machine; "smtp:25" is a host and its port. */
static const struct local *
local(struct str s)
{
	for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++) {
		const struct local *l = &locals[i];
		struct str name = str_of(l->name);

		if (str_istarts(s, name) && (l->kind == RELAY_MAILDIR ||
		    (s.n > name.n && s.p[name.n] == '/' &&
		    (s.n == name.n + 1 || s.p[name.n + 1] != '/'))))
			return l;
	}
	return NULL;
}

static int
at_path(struct relay *r, const struct local *is, const char *url,
    struct fault *f)
{
	struct str path = str_of(url + strlen(is->name));
	bool maildir = is->kind == RELAY_MAILDIR;

	if (path.n < 2 || path.p[0] != '/' || str_istarts(path, STR("//")))
		return fault(f, EX_CONFIG, "%s an absolute path must follow, "
		    "as in %s", is->name, is->example);
	if (!maildir && path.n > SOCKET_PATH_MAX)
		return fault(f, EX_CONFIG, "%s the path of a socket has at "
		    "most %d octets", is->name, SOCKET_PATH_MAX);
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < ' ' || path.p[i] == '\177')
			return fault(f, EX_CONFIG, "%s control character in "
			    "the path", is->name);
	if (keep(r, url, path, maildir, f) == -1)
		return -1;
	r->kind = is->kind;
	r->tls = TLS_NEVER;
	r->lmtp = is->lmtp;
	r->port = 0;
	return 0;
}

/* The part behind "scheme://", and what cannot stand there. */
static int
server(const struct scheme *is, struct str s, struct str *host, uint16_t *port,
    struct fault *f)
{
	*port = is->port > 0 ? (uint16_t)is->port : 0;
	if (is->kind == RELAY_DIRECT) {
		*host = s;
		return s.n == 0 ? 0 : fault(f, EX_CONFIG, "nothing may follow "
		    "direct://: every recipient's domain is a relay");
	}
	if (url_authority(s, host, port, f) == -1)
		return -1;
	if ((is->kind == RELAY_MX || is->kind == RELAY_SRV) &&
	    !url_is_domain(*host))
		return fault(f, EX_CONFIG, "\"%.*s\": not a domain",
		    STR_ARG(*host));
	if (is->port == NEEDED && *port == 0)
		return fault(f, EX_CONFIG, "port missing: there is no usual "
		    "one for LMTP");
	if (is->port == FOUND && *port != 0)
		return fault(f, EX_CONFIG, "no port may be given: the SRV "
		    "records of the domain have it");
	return 0;
}

/* A host that is not ASCII becomes what DNS knows; room is for the result. */
static int
to_ascii(struct str *s, char room[2 * IDNA_MAX], struct fault *f)
{
	struct str rest = *s, host;
	char ascii[IDNA_MAX + 1];
	int n;

	if (!str_has_8bit(*s))
		return 0;
	while (rest.n > 0 && rest.p[0] != ':' && rest.p[0] != '/')
		rest = (struct str){ rest.p + 1, rest.n - 1 };
	host = (struct str){ s->p, s->n - rest.n };
	if (idna_ascii(host, ascii, f) != 0)
		return fault(f, EX_CONFIG, "%s", f->text);
	n = snprintf(room, 2 * IDNA_MAX, "%s%.*s", ascii, STR_ARG(rest));
	if (n < 0 || n >= 2 * IDNA_MAX)
		return fault(f, EX_CONFIG, "too long");
	*s = (struct str){ room, (size_t)n };
	return 0;
}

int
url_parse(struct relay *r, const char *url, struct fault *f)
{
	char room[2 * IDNA_MAX];
	struct str s = str_of(url), host;
	const struct local *path = local(s);
	const struct scheme *is;
	uint16_t port;

	if (path != NULL)
		return at_path(r, path, url, f);
	if (strchr(url, '@') != NULL)
		return fault(f, EX_CONFIG, "no user name may stand in a relay: "
		    "use the keywords user and password");
	if ((is = scheme(&s, f)) == NULL)
		return -1;
	if (to_ascii(&s, room, f) == -1 ||
	    server(is, s, &host, &port, f) == -1 ||
	    keep(r, url, host, false, f) == -1)
		return -1;
	r->kind = is->kind;
	r->tls = is->tls;
	r->lmtp = is->lmtp;
	r->port = port;
	return 0;
}

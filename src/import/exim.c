/* SPDX-License-Identifier: ISC */
/*
 * Exim as Debian sets it up: update-exim4.conf.conf, with passwd.client and
 * the addresses of local users beside it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "import/import.h"

enum { MORE_MAX = 256 * 1024, PATH_ROOM = 1024 };

/* A file beside the one being read. */
static bool
beside(struct import *im, const char *name, char path[PATH_ROOM],
    struct buf *text)
{
	const char *slash = strrchr(im->path, '/');

	(void)snprintf(path, PATH_ROOM, "%.*s%s", slash == NULL ? 0 :
	    (int)(slash + 1 - im->path), im->path, name);
	return import_file(im, path, text);
}

/* host:user:password, the host may be a pattern; returns the line, or 0. */
static unsigned
find_login(struct str text, struct str host, struct str *user)
{
	struct import_line line = { .number = 0 };
	struct str pattern;

	while (import_next(&text, &line))
		if (str_cut(&line.text, ':', &pattern) &&
		    line.text.p != NULL && str_cut(&line.text, ':', user) &&
		    line.text.p != NULL && glob_match(pattern, host))
			return line.number;
	return 0;
}

/* One host of dc_smarthost: host, host::port. */
static void
put_host(struct import *im, struct str host, struct str port)
{
	struct import_relay r = { .host = host, .port = import_port(port),
	    .tls = IMPORT_OFFERED };
	struct str user = { NULL, 0 };
	unsigned password = 0;
	char path[PATH_ROOM];
	struct buf text;

	buf_init(&text, MORE_MAX);
	if (beside(im, "passwd.client", path, &text))
		password = find_login(buf_view(&text), host, &user);
	r.login = password > 0;
	import_relay(im, &r);
	if (password > 0) {
		import_set(&im->relays, "user", user);
		import_secret(im, path, password);
	}
	buf_free(&text);
}

/* Hosts stand between colons or semicolons; two colons are one in a name. */
static void
put_hosts(struct import *im, struct str text)
{
	while (text.n > 0) {
		struct str host = { text.p, 0 }, port = { NULL, 0 };

		while (host.n < text.n && strchr(":; \t", text.p[host.n]) ==
		    NULL)
			host.n++;
		text.p += host.n;
		text.n -= host.n;
		if (text.n > 2 && text.p[0] == ':' && text.p[1] == ':') {
			port.p = text.p + 2;
			while (port.n < text.n - 2 &&
			    isdigit((unsigned char)port.p[port.n]))
				port.n++;
			text.p += 2 + port.n;
			text.n -= 2 + port.n;
		}
		if (host.n > 0)
			put_host(im, host, port);
		while (text.n > 0 && strchr(":; \t", text.p[0]) != NULL)
			text.p++, text.n--;
	}
}

/* user: address */
static void
put_addresses(struct import *im)
{
	struct import_line line = { .number = 0 };
	struct str rest, user;
	char path[PATH_ROOM];
	struct buf text;

	buf_init(&text, MORE_MAX);
	if (beside(im, "../email-addresses", path, &text)) {
		rest = buf_view(&text);
		while (import_next(&rest, &line))
			if (str_cut(&line.text, ':', &user) &&
			    line.text.p != NULL)
				import_fmt(&im->global, "sender-map",
				    "%.*s %.*s", STR_ARG(str_trim(user)),
				    STR_ARG(str_trim(line.text)));
	}
	buf_free(&text);
}

int
import_exim(struct import *im, struct str text)
{
	struct str hosts = { NULL, 0 }, type = hosts, domain = hosts, key,
	    value;
	struct import_line line = { .number = 0 };
	bool hide = false;

	while (import_next(&text, &line)) {
		import_pair(line.text, &key, &value);
		if (str_eq(key, STR("dc_smarthost")))
			hosts = value;
		else if (str_eq(key, STR("dc_eximconfig_configtype")))
			type = value;
		else if (str_eq(key, STR("dc_readhost")))
			domain = value;
		else if (str_eq(key, STR("dc_hide_mailname")))
			hide = import_yes(value);
	}
	put_addresses(im);
	if (str_eq(type, STR("local")) || str_eq(type, STR("none")))
		return fault(im->fault, EX_CONFIG, "%s: it delivers on this "
		    "machine only, and sendlet does not", im->path);
	if (hosts.n > 0 && !str_eq(type, STR("internet")))
		put_hosts(im, hosts);
	else
		(void)buf_puts(&im->relays, "\nrelay direct://\n");
	if (hide && domain.n > 0)
		import_fmt(&im->global, "from", "%%u@%.*s", STR_ARG(domain));
	if (hide && domain.n > 0)
		import_set(&im->global, "domain", domain);
	return 0;
}

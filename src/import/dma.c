/* SPDX-License-Identifier: ISC */
/* dma.conf, and the logins of auth.conf. */
#include <stdio.h>
#include <string.h>

#include "import/import.h"

enum { AUTH_MAX = 256 * 1024, PATH_ROOM = 1024 };

struct dma {
	struct import_relay relay;
	struct str	 auth, name, masquerade, cert, aliases;
	bool		 secure, starttls, opportunistic, pinned, defer;
};

static void
take(struct dma *d, struct str key, struct str value)
{
	const struct { const char *key; struct str *at; } texts[] = {
		{ "SMARTHOST", &d->relay.host }, { "AUTHPATH", &d->auth },
		{ "MAILNAME", &d->name }, { "MASQUERADE", &d->masquerade },
		{ "CERTFILE", &d->cert }, { "ALIASES", &d->aliases },
	};
	const struct { const char *key; bool *at; } flags[] = {
		{ "SECURETRANSFER", &d->secure }, { "STARTTLS", &d->starttls },
		{ "OPPORTUNISTIC_TLS", &d->opportunistic },
		{ "FINGERPRINT", &d->pinned }, { "DEFER", &d->defer },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (str_ieq(key, str_of(texts[i].key)))
			*texts[i].at = value;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (str_ieq(key, str_of(flags[i].key)))
			*flags[i].at = true;
	if (str_ieq(key, STR("PORT")))
		d->relay.port = import_port(value);
}

/* user|smarthost:password; returns the line of this host's, or 0. */
static unsigned
find_login(const struct dma *d, struct str text, struct str *user)
{
	struct import_line line = { .number = 0 };
	struct str host;

	while (import_next(&text, &line)) {
		(void)str_cut(&line.text, '|', user);
		if (line.text.p != NULL && str_cut(&line.text, ':', &host) &&
		    line.text.p != NULL && str_ieq(str_trim(host),
		    d->relay.host))
			return line.number;
	}
	return 0;
}

static void
put_masquerade(struct import *im, struct str text)
{
	struct str user;

	if (text.n == 0)
		return;
	if (memchr(text.p, '@', text.n) == NULL) {
		import_fmt(&im->relays, "force-from", "%%u@%.*s",
		    STR_ARG(text));
		return;
	}
	(void)str_cut(&text, '@', &user);
	import_fmt(&im->relays, "force-from", "%.*s@%.*s", STR_ARG(user),
	    STR_ARG(text.n > 0 ? text : STR("%h")));
}

static void
put_relay(struct import *im, struct dma *d)
{
	struct str user = { NULL, 0 };
	unsigned password = 0;
	char path[PATH_ROOM];
	struct buf text;

	buf_init(&text, AUTH_MAX);
	if (d->auth.n > 0) {
		(void)snprintf(path, sizeof(path), "%.*s", STR_ARG(d->auth));
		if (import_file(im, path, &text))
			password = find_login(d, buf_view(&text), &user);
	}
	d->relay.login = password > 0;
	d->relay.tls = !d->secure ? IMPORT_CLEAR : !d->starttls ? IMPORT_TLS :
	    d->opportunistic ? IMPORT_OFFERED : IMPORT_STARTTLS;
	if (d->relay.port == 0 && d->relay.tls == IMPORT_TLS)
		d->relay.port = 25;
	import_relay(im, &d->relay);
	if (password > 0) {
		import_set(&im->relays, "user", user);
		import_secret(im, path, password);
	}
	buf_free(&text);
}

int
import_dma(struct import *im, struct str text)
{
	struct import_line line = { .number = 0 };
	struct dma d = { .secure = false };
	struct str key, value;

	while (import_next(&text, &line)) {
		import_pair(line.text, &key, &value);
		take(&d, key, value);
	}
	import_name(im, "hostname", d.name);
	import_set(&im->global, "aliases", d.aliases);
	if (d.defer)
		import_set(&im->global, "delivery", STR("queue"));
	if (d.relay.host.n > 0)
		put_relay(im, &d);
	else
		(void)buf_puts(&im->relays, "\nrelay direct://\n");
	if (d.secure && d.relay.host.n > 0)
		import_note(&im->relays, "The certificate is verified now.");
	if (d.pinned)
		import_note(&im->relays, "FINGERPRINT: tls-pin is of the "
		    "public key, not of the certificate.");
	if (d.cert.n > 0) {
		import_set(&im->relays, "tls-cert", d.cert);
		import_set(&im->relays, "tls-key", d.cert);
	}
	put_masquerade(im, d.masquerade);
	return 0;
}

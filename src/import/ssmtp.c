/* SPDX-License-Identifier: ISC */
/* ssmtp.conf, and the revaliases beside it. */
#include <stdio.h>
#include <string.h>

#include "import/import.h"

enum { REVALIASES_MAX = 256 * 1024, PATH_ROOM = 1024 };

struct ssmtp {
	struct import_relay relay;
	struct str	 root, hostname, domain, user, method, cert, key, ca;
	unsigned	 password;	/* its line; 0: none */
	bool		 tls, starttls, override;
};

/* host, host:port; a blank is a colon there as well. */
static void
set_hub(struct import_relay *r, struct str text)
{
	struct str rest = text, host;

	(void)str_cut(&rest, ':', &host);
	r->host = str_trim(host);
	r->port = rest.p == NULL ? 0 : import_port(str_trim(rest));
}

static void
take(struct ssmtp *s, struct str key, struct str value, unsigned line)
{
	const struct { const char *key; struct str *at; } texts[] = {
		{ "root", &s->root }, { "hostname", &s->hostname },
		{ "rewritedomain", &s->domain }, { "authuser", &s->user },
		{ "authmethod", &s->method }, { "tlscert", &s->cert },
		{ "tlskey", &s->key }, { "tls_ca_file", &s->ca },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (str_ieq(key, str_of(texts[i].key)))
			*texts[i].at = value;
	if (str_ieq(key, STR("mailhub")))
		set_hub(&s->relay, value);
	else if (str_ieq(key, STR("authpass")))
		s->password = line;
	else if (str_ieq(key, STR("usetls")))
		s->tls = import_yes(value);
	else if (str_ieq(key, STR("usestarttls")))
		s->starttls = import_yes(value);
	else if (str_ieq(key, STR("fromlineoverride")))
		s->override = import_yes(value);
}

/* user:address[:mailhub[:port]] */
static void
put_revaliases(struct import *im)
{
	const char *slash = strrchr(im->path, '/');
	struct import_line line = { .number = 0 };
	struct str rest, user, address, hub;
	char path[PATH_ROOM];
	struct buf text;

	(void)snprintf(path, sizeof(path), "%.*srevaliases",
	    slash == NULL ? 0 : (int)(slash + 1 - im->path), im->path);
	buf_init(&text, REVALIASES_MAX);
	rest = (struct str){ NULL, 0 };
	if (import_file(im, path, &text))
		rest = buf_view(&text);
	while (import_next(&rest, &line)) {
		if (!str_cut(&line.text, ':', &user) ||
		    !str_cut(&line.text, ':', &address))
			continue;
		import_fmt(&im->global, "sender-map", "%.*s %.*s",
		    STR_ARG(user), STR_ARG(address));
		if (line.text.p != NULL && str_cut(&line.text, ':', &hub) &&
		    hub.n > 0) {
			struct import_relay r = { .host = hub,
			    .port = line.text.p == NULL ? 0 :
			    import_port(line.text) };

			import_relay(im, &r);
			import_set(&im->relays, "sender", address);
		}
	}
	buf_free(&text);
}

static void
put_sender(struct import *im, const struct ssmtp *s)
{
	if (s->domain.n == 0)
		return;
	import_set(&im->global, "domain", s->domain);
	import_fmt(&im->relays, s->override ? "from" : "force-from",
	    "%%u@%.*s", STR_ARG(s->domain));
}

int
import_ssmtp(struct import *im, struct str text)
{
	struct ssmtp s = { .relay = { .host = STR("mail") } };
	struct import_line line = { .number = 0 };
	struct str key, value;

	while (import_next(&text, &line)) {
		import_pair(line.text, &key, &value);
		take(&s, key, value, line.number);
	}
	if (memchr(s.root.p != NULL ? s.root.p : "", '@', s.root.n) != NULL)
		import_set(&im->global, "root", s.root);
	else if (s.root.n > 0)
		import_note(&im->global, "root=%.*s: needs a whole address: "
		    "root NAME@DOMAIN", STR_ARG(s.root));
	import_set(&im->global, "hostname", s.hostname);
	put_revaliases(im);
	s.relay.login = s.user.n > 0;
	s.relay.tls = s.starttls ? IMPORT_STARTTLS : s.tls ? IMPORT_TLS :
	    IMPORT_CLEAR;
	import_relay(im, &s.relay);
	if (s.tls || s.starttls)
		import_note(&im->relays, "The certificate is verified now.");
	put_sender(im, &s);
	import_set(&im->relays, "user", s.user);
	import_set(&im->relays, "auth", s.method);
	if (s.password > 0)
		import_secret(im, im->path, s.password);
	import_set(&im->relays, "ca-file", s.ca);
	if (s.cert.n > 0) {
		import_set(&im->relays, "tls-cert", s.cert);
		import_set(&im->relays, "tls-key", s.key.n > 0 ? s.key :
		    s.cert);
	}
	return 0;
}

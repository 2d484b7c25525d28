/* SPDX-License-Identifier: ISC */
/* esmtprc: settings of a default identity, then identities by sender. */
#include <string.h>

#include "import/import.h"

struct identity {
	struct str	 sender;	/* empty: the default one */
	struct import_relay relay;
	struct str	 user, from, force;
	unsigned	 password;
};

static void
put(struct import *im, struct identity *id)
{
	if (id->relay.host.n == 0)
		return;
	id->relay.login = id->user.n > 0;
	import_relay(im, &id->relay);
	import_set(&im->relays, "sender", id->sender);
	import_set(&im->relays, "force-from", id->force);
	import_set(&im->relays, "user", id->user);
	if (id->password > 0)
		import_secret(im, im->path, id->password);
}

/* host, host:port, host:name of a service */
static void
set_host(struct import_relay *r, struct str text)
{
	struct str host;

	(void)str_cut(&text, ':', &host);
	r->host = host;
	r->port = 587;
	if (text.p == NULL)
		return;
	r->port = str_ieq(text, STR("smtp")) ? 25 :
	    str_ieq(text, STR("submission")) ? 587 : import_port(text);
}

static void
set_tls(struct import_relay *r, struct str text)
{
	r->tls = str_ieq(text, STR("required")) ? IMPORT_STARTTLS :
	    str_ieq(text, STR("enabled")) ? IMPORT_OFFERED : IMPORT_CLEAR;
}

static void
take(struct import *im, struct identity *id, struct str key, struct str value,
    unsigned line)
{
	if (str_ieq(key, STR("hostname")))
		set_host(&id->relay, value);
	else if (str_ieq(key, STR("username")))
		id->user = value;
	else if (str_ieq(key, STR("password")))
		id->password = line;
	else if (str_ieq(key, STR("starttls")))
		set_tls(&id->relay, value);
	else if (str_ieq(key, STR("helo")))
		import_set(&im->global, "hostname", value);
	else if (str_ieq(key, STR("qualifydomain")))
		import_set(&im->global, "domain", value);
	else if (str_ieq(key, STR("force")) &&
	    str_istarts(value, STR("reverse_path"))) {
		struct str word;

		(void)str_word(&value, &word);
		import_pair(str_trim(value), &word, &id->force);
		if (id->force.n == 0)
			id->force = word;
	} else
		import_note(&im->global, "%.*s: there is no such thing here.",
		    STR_ARG(key));
}

int
import_esmtp(struct import *im, struct str text)
{
	struct import_line line = { .number = 0 };
	struct identity first = { .user = { NULL, 0 } }, other, *id = &first;
	struct str key, value;

	other = first;
	while (import_next(&text, &line)) {
		import_pair(line.text, &key, &value);
		if (str_ieq(key, STR("identity"))) {
			if (id == &other)
				put(im, id);
			id = first.relay.host.n == 0 && id == &first ? &first :
			    &other;
			*id = (struct identity){ .sender = value };
		} else
			take(im, id, key, value, line.number);
	}
	if (id == &other)
		put(im, id);
	/* The default one takes whoever is left. */
	first.sender = (struct str){ NULL, 0 };
	put(im, &first);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Postfix as a null client: main.cf, with the text files behind the maps for
 * passwords, senders and relays by sender.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "import/import.h"

enum { MAP_MAX = 512 * 1024, VALUE_MAX = 64 * 1024, PATH_ROOM = 1024,
	DEPTH = 8, LOOK_UPS_MAX = 1000 };

/* main.cf; every value is looked up in it, for the last line counts. */
struct main_cf {
	struct import	*im;
	struct str	 text;
	unsigned	 looked_up;	/* so often; names may form circles */
};

/* A logical line: those that start with a blank go on. */
static bool
next(struct str *rest, struct str *line)
{
	while (rest->n > 0) {
		size_t n = 0;
		bool comment;

		for (;;) {
			const char *lf = memchr(rest->p + n, '\n', rest->n - n);

			n = lf == NULL ? rest->n : (size_t)(lf - rest->p) + 1;
			if (n == rest->n || !isblank((unsigned char)rest->p[n]))
				break;
		}
		*line = str_trim((struct str){ rest->p, n });
		rest->p += n;
		rest->n -= n;
		comment = line->n == 0 || line->p[0] == '#';
		if (!comment)
			return true;
	}
	return false;
}

static void get(struct main_cf *, const char *name, struct buf *, int depth);

/* Appends a value with its $name, ${name} and $(name) filled in. */
static void
expand(struct main_cf *m, struct str value, struct buf *out, int depth)
{
	for (size_t i = 0; i < value.n; i++) {
		char name[64], open;
		size_t n = 0;

		if (value.p[i] != '$' || i + 1 == value.n) {
			(void)buf_char(out, isspace((unsigned char)value.p[i]) ?
			    ' ' : value.p[i]);
			continue;
		}
		open = value.p[++i];
		if (open == '{' || open == '(')
			i++;
		while (i < value.n && n + 1 < sizeof(name) &&
		    (isalnum((unsigned char)value.p[i]) || value.p[i] == '_'))
			name[n++] = value.p[i++];
		name[n] = '\0';
		if (open != '{' && open != '(')
			i--;
		if (depth + 1 < DEPTH)
			get(m, name, out, depth + 1);
	}
}

static void
get(struct main_cf *m, const char *name, struct buf *out, int depth)
{
	struct str rest = m->text, line, key, value, last = { NULL, 0 };

	if (m->looked_up++ >= LOOK_UPS_MAX)
		return;
	while (next(&rest, &line)) {
		import_pair(line, &key, &value);
		if (str_eq(key, str_of(name)))
			last = value;
	}
	expand(m, last, out, depth);
}

/* The value of a parameter, in the buffer, trimmed. */
static struct str
parameter(struct main_cf *m, const char *name, struct buf *b)
{
	buf_clear(b);
	get(m, name, b, 0);
	return str_trim(buf_view(b));
}

static bool
is(struct main_cf *m, const char *name, const char *what)
{
	struct buf b;
	bool same;

	buf_init(&b, VALUE_MAX);
	same = str_ieq(parameter(m, name, &b), str_of(what));
	buf_free(&b);
	return same;
}

/* Path of the text behind "hash:/path" and the like; false: not a file. */
static bool
map_path(struct import *im, struct str map, char path[PATH_ROOM])
{
	struct str rest = map, type, word;

	if (!str_word(&rest, &word))
		return false;
	rest = word;
	(void)str_cut(&rest, ':', &type);
	if (rest.p == NULL || rest.n == 0 || rest.p[0] != '/' ||
	    rest.n >= PATH_ROOM) {
		import_note(&im->global, "%.*s: not a file that can be read.",
		    STR_ARG(word));
		return false;
	}
	(void)snprintf(path, PATH_ROOM, "%.*s", STR_ARG(rest));
	return true;
}

/* host, [host], host:port, [host]:port */
static void
destination(struct import_relay *r, struct str text)
{
	struct str host;

	if (text.n > 0 && text.p[0] == '[') {
		(void)str_cut(&text, ']', &host);
		r->host = (struct str){ host.p + 1, host.n - 1 };
		if (text.p != NULL && text.n > 0 && text.p[0] == ':')
			text.p++, text.n--;
	} else {
		(void)str_cut(&text, ':', &r->host);
		r->mx = true;
	}
	r->port = text.p == NULL ? 0 : str_eq(text, STR("submission")) ? 587 :
	    str_eq(text, STR("submissions")) || str_eq(text, STR("smtps")) ?
	    465 : import_port(text);
}

/* The line of a password for the relay as it is written, or 0. */
static unsigned
find_login(struct str text, struct str relay, struct buf *user)
{
	struct import_line line = { .number = 0 };
	struct str key, value, name;

	while (import_next(&text, &line)) {
		import_pair(line.text, &key, &value);
		if (!str_eq(key, relay))
			continue;
		(void)str_cut(&value, ':', &name);
		(void)buf_str(user, name);
		return line.number;
	}
	return 0;
}

static enum import_tls
tls(struct main_cf *m)
{
	static const char *const must[] = { "encrypt", "verify", "secure",
	    "dane-only", "fingerprint" };

	if (is(m, "smtp_tls_wrappermode", "yes"))
		return IMPORT_TLS;
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		if (is(m, "smtp_tls_security_level", must[i]))
			return IMPORT_STARTTLS;
	if (is(m, "smtp_enforce_tls", "yes"))
		return IMPORT_STARTTLS;
	if (is(m, "smtp_tls_security_level", "none"))
		return IMPORT_CLEAR;
	return is(m, "smtp_tls_security_level", "may") ||
	    is(m, "smtp_tls_security_level", "dane") ||
	    is(m, "smtp_use_tls", "yes") ? IMPORT_OFFERED : IMPORT_CLEAR;
}

static void
put_relay(struct main_cf *m, struct str text, struct str sender)
{
	struct import_relay r = { .tls = tls(m) };
	struct buf map, file, user;
	unsigned password = 0;
	char path[PATH_ROOM];

	buf_init(&map, VALUE_MAX);
	buf_init(&file, MAP_MAX);
	buf_init(&user, VALUE_MAX);
	destination(&r, text);
	if (is(m, "smtp_sasl_auth_enable", "yes") && map_path(m->im,
	    parameter(m, "smtp_sasl_password_maps", &map), path) &&
	    import_file(m->im, path, &file))
		password = find_login(buf_view(&file), text, &user);
	r.login = password > 0;
	/* A login is for a server, and its name is likely to be one. */
	if (r.mx && r.login)
		r.mx = false;
	import_relay(m->im, &r);
	import_set(&m->im->relays, "sender", sender);
	import_set(&m->im->relays, "user", buf_view(&user));
	if (password > 0)
		import_secret(m->im, path, password);
	if (r.tls == IMPORT_STARTTLS &&
	    is(m, "smtp_tls_security_level", "encrypt"))
		import_note(&m->im->relays, "The certificate is verified now; "
		    "tls-pin helps if it cannot be.");
	buf_free(&map);
	buf_free(&file);
	buf_free(&user);
}

/* Pairs of a map: senders that become others, or that have a relay. */
static void
put_map(struct main_cf *m, const char *name, bool relays)
{
	struct import_line line = { .number = 0 };
	struct str map, rest = { NULL, 0 }, key, value;
	struct buf text, file;
	char path[PATH_ROOM];

	buf_init(&text, VALUE_MAX);
	buf_init(&file, MAP_MAX);
	map = parameter(m, name, &text);
	if (map.n > 0 && map_path(m->im, map, path) &&
	    import_file(m->im, path, &file))
		rest = buf_view(&file);
	while (import_next(&rest, &line)) {
		const char *any;

		import_pair(line.text, &key, &value);
		any = key.n > 0 && key.p[0] == '@' ? "*" : "";
		if (relays) {
			struct buf who;

			buf_init(&who, VALUE_MAX);
			(void)buf_fmt(&who, "%s%.*s", any, STR_ARG(key));
			put_relay(m, value, buf_view(&who));
			buf_free(&who);
		} else
			import_fmt(&m->im->global, "sender-map",
			    "%s%.*s %s%.*s", any, STR_ARG(key), value.n > 0 &&
			    value.p[0] == '@' ? "%u" : "", STR_ARG(value));
	}
	buf_free(&text);
	buf_free(&file);
}

/* Parameters that are one setting of ours each, for all relays. */
static void
put_settings(struct main_cf *m)
{
	static const struct { const char *theirs, *ours; } known[] = {
		{ "myhostname", "hostname" },
		{ "message_size_limit", "max-message-size" },
		{ "maximal_queue_lifetime", "spool-max-age" },
		{ "smtp_tls_CAfile", "ca-file" },
		{ "smtp_tls_cert_file", "tls-cert" },
		{ "smtp_tls_key_file", "tls-key" },
		{ "smtp_bind_address", "source-address" },
		{ "smtp_connect_timeout", "timeout-connect" },
	};
	struct buf b;

	buf_init(&b, VALUE_MAX);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct str value = parameter(m, known[i].theirs, &b);

		/* There it stands for no limit. */
		if (!str_eq(value, STR("0")))
			import_set(&m->im->global, known[i].ours, value);
	}
	import_name(m->im, "domain", parameter(m, "myorigin", &b));
	buf_free(&b);
	if (is(m, "inet_protocols", "ipv4"))
		import_set(&m->im->global, "address-family", STR("ipv4-only"));
	if (is(m, "inet_protocols", "ipv6"))
		import_set(&m->im->global, "address-family", STR("ipv6-only"));
}

static const char *const passed[] = { "header_checks", "body_checks",
    "content_filter", "transport_maps", "always_bcc", "sender_bcc_maps",
    "recipient_bcc_maps", "smtp_header_checks", "recipient_canonical_maps",
    "virtual_alias_maps", "smtp_tls_policy_maps" };

int
import_postfix(struct import *im, struct str text)
{
	struct main_cf m = { .im = im, .text = text };
	struct str relay, word;
	struct buf b;

	put_settings(&m);
	put_map(&m, "smtp_generic_maps", false);
	put_map(&m, "sender_canonical_maps", false);
	put_map(&m, "sender_dependent_relayhost_maps", true);
	buf_init(&b, VALUE_MAX);
	relay = parameter(&m, "relayhost", &b);
	if (relay.n > 0)
		put_relay(&m, relay, (struct str){ NULL, 0 });
	else
		(void)buf_puts(&im->relays, "\nrelay direct://\n");
	relay = parameter(&m, "smtp_fallback_relay", &b);
	while (str_word(&relay, &word))
		put_relay(&m, word, (struct str){ NULL, 0 });
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (parameter(&m, passed[i], &b).n > 0)
			import_note(&im->global, "%s: there is no such thing "
			    "here.", passed[i]);
	buf_free(&b);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * nullmailer: remotes, in words of the shell, and one file beside it for each
 * other setting.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "import/import.h"

enum { SMALL = 64 * 1024, PATH_ROOM = 1024 };

/* A file of the directory that was named, or that has the remotes named. */
static void
locate(const struct import *im, const char *name, char path[PATH_ROOM])
{
	const char *slash = strrchr(im->path, '/');
	bool file = slash != NULL && strcmp(slash, "/remotes") == 0;

	(void)snprintf(path, PATH_ROOM, "%.*s/%s", file ?
	    (int)(slash - im->path) : (int)strlen(im->path), im->path, name);
}

/* The first line of a file beside remotes; empty when there is none. */
static struct str
setting(struct import *im, const char *name, struct buf *text)
{
	char path[PATH_ROOM];

	locate(im, name, path);
	return import_first(im, path, text);
}

/* The next word in the shell's sense, without its quotes; false at the end. */
static bool
word(struct str *rest, struct buf *out)
{
	char quote = '\0';
	size_t i = 0;

	*rest = str_trim(*rest);
	buf_clear(out);
	for (; i < rest->n && (quote != '\0' ||
	    !isspace((unsigned char)rest->p[i])); i++) {
		char c = rest->p[i];

		if (quote == '\0' && (c == '\'' || c == '"'))
			quote = c;
		else if (c == quote)
			quote = '\0';
		else if (c == '\\' && quote != '\'' && i + 1 < rest->n)
			(void)buf_char(out, rest->p[++i]);
		else
			(void)buf_char(out, c);
	}
	rest->p += i;
	rest->n -= i;
	return i > 0;
}

struct remote {
	struct import_relay relay;
	struct buf	 host, user, ca, cert, source;
	bool		 pass, auth_login, insecure, qmqp;
};

static void
copy(struct buf *to, struct str text)
{
	buf_clear(to);
	(void)buf_str(to, text);
}

static void
take(struct import *im, struct remote *r, struct str option)
{
	struct str key, value;

	while (option.n > 0 && option.p[0] == '-')
		option.p++, option.n--;
	import_pair(option, &key, &value);
	if (str_ieq(key, STR("port")) || str_ieq(key, STR("p")))
		r->relay.port = import_port(value);
	else if (str_ieq(key, STR("user")))
		copy(&r->user, value);
	else if (str_ieq(key, STR("pass")))
		r->pass = true;
	else if (str_ieq(key, STR("tls")) || str_ieq(key, STR("ssl")))
		r->relay.tls = r->relay.tls == IMPORT_STARTTLS ?
		    IMPORT_STARTTLS : IMPORT_TLS;
	else if (str_ieq(key, STR("starttls")))
		r->relay.tls = IMPORT_STARTTLS;
	else if (str_ieq(key, STR("auth-login")))
		r->auth_login = true;
	else if (str_ieq(key, STR("insecure")) ||
	    str_ieq(key, STR("tls-insecure")))
		r->insecure = true;
	else if (str_ieq(key, STR("x509cafile")) ||
	    str_ieq(key, STR("tls-x509cafile")))
		copy(&r->ca, value);
	else if (str_ieq(key, STR("x509certfile")) ||
	    str_ieq(key, STR("tls-x509certfile")))
		copy(&r->cert, value);
	else if (str_ieq(key, STR("source")))
		copy(&r->source, value);
	else
		import_note(&im->relays, "%.*s: not known here.",
		    STR_ARG(key));
}

static void
put(struct import *im, struct remote *r, unsigned line)
{
	struct str cert = buf_view(&r->cert);
	char path[PATH_ROOM];

	r->relay.host = buf_view(&r->host);
	r->relay.login = r->user.n > 0;
	if (r->qmqp) {
		import_note(&im->relays, "Line %u: QMQP is not known here.",
		    line);
		return;
	}
	import_relay(im, &r->relay);
	import_set(&im->relays, "user", buf_view(&r->user));
	locate(im, "remotes", path);
	if (r->pass)
		import_secret(im, path, line);
	if (r->auth_login)
		import_set(&im->relays, "auth", STR("LOGIN"));
	if (r->insecure)
		import_note(&im->relays, "The certificate is verified now; "
		    "tls-pin helps if it cannot be.");
	import_set(&im->relays, "ca-file", buf_view(&r->ca));
	import_set(&im->relays, "tls-cert", cert);
	import_set(&im->relays, "tls-key", cert);
	import_set(&im->relays, "source-address", buf_view(&r->source));
}

static void
put_remote(struct import *im, const struct import_line *line)
{
	struct remote r = { .relay = { .tls = IMPORT_CLEAR } };
	struct buf *all[] = { &r.host, &r.user, &r.ca, &r.cert, &r.source };
	struct str rest = line->text;
	bool second = true;
	struct buf option;

	buf_init(&option, SMALL);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_init(all[i], SMALL);
	(void)word(&rest, &r.host);
	for (; word(&rest, &option); second = false) {
		if (second && str_eq(buf_view(&option), STR("qmqp")))
			r.qmqp = true;
		else if (!second || !str_eq(buf_view(&option), STR("smtp")))
			take(im, &r, buf_view(&option));
	}
	put(im, &r, line->number);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_free(all[i]);
	buf_free(&option);
}

/* Files that are one setting of ours each. */
static void
put_global(struct import *im)
{
	static const struct { const char *file, *ours; } files[] = {
		{ "helohost", "hostname" }, { "me", "hostname" },
		{ "defaultdomain", "domain" }, { "defaulthost", "domain" },
		{ "adminaddr", "root" }, { "allmailfrom", "force-from" },
		{ "queuelifetime", "spool-max-age" },
		{ "sendtimeout", "timeout-total" },
	};
	const char *last = "";
	struct buf text;

	buf_init(&text, SMALL);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct str value = setting(im, files[i].file, &text);
		const char *ours = files[i].ours;

		/* Of two that mean the same the first counts. */
		if (value.n == 0 || strcmp(ours, last) == 0)
			continue;
		last = ours;
		if (strncmp(ours, "timeout", 7) == 0 && import_port(value) == 0)
			value = STR("off");
		import_set(&im->global, ours, value);
		if (strcmp(ours, "root") == 0)
			import_note(&im->global, "Other local users: see "
			    "sendlet-aliases(5).");
	}
	buf_free(&text);
}

int
import_nullmailer(struct import *im, struct str text)
{
	struct import_line line = { .number = 0 };

	put_global(im);
	while (import_next(&text, &line))
		put_remote(im, &line);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * msmtprc: accounts, which take over from "defaults" and from each other.
 * Ours are relays; those that were chosen by -a are chosen by the sender.
 */
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

enum { ACCOUNTS_MAX = 32, SETTINGS_MAX = 64, COMMAND_MAX = 4096 };

struct setting {
	struct str	 key, value;
	unsigned	 line;
};

struct account {
	struct str	 name;
	struct setting	 set[SETTINGS_MAX];
	size_t		 count;
};

struct accounts {
	struct account	 defaults, list[ACCOUNTS_MAX];
	size_t		 count;
	struct str	 standard;	/* what "account default : NAME" says */
};

/* What becomes of a setting; NULL: a function below sees to it. */
static const struct {
	const char	*key, *ours;	/* a keyword of ours, or */
	const char	*note;		/* why there is none; "": no matter */
} known[] = {
	{ "tls_cert_file", "tls-cert", NULL },
	{ "tls_key_file", "tls-key", NULL },
	{ "source_ip", "source-address", NULL },
	{ "tls_crl_file", NULL, "no revocation lists" },
	{ "tls_fingerprint", NULL, "tls-pin is of the public key, not of the "
	    "certificate" },
	{ "tls_priorities", NULL, "TLS 1.2 and newer with strong ciphers, "
	    "always" },
	{ "tls_host_override", NULL, "the certificate must be for the host "
	    "named in the relay line" },
	{ "from_full_name", NULL, "the full name comes from -F, NAME or the "
	    "passwd file" },
	{ "keepbcc", NULL, "Bcc is always removed" },
	{ "dsn_notify", NULL, "the caller asks for it, with -N" },
	{ "dsn_return", NULL, "the caller asks for it, with -R" },
	{ "logfile", NULL, "the log goes to syslog; see log" },
	{ "eval", NULL, "no commands but for the password" },
};

/* Seen to by functions, or what we do anyway. */
static const char plain[] = "host port protocol socket tls tls_starttls "
    "tls_certcheck tls_nocertcheck tls_trust_file auth user password "
    "passwordeval from auto_from maildomain domain timeout proxy_host "
    "proxy_port set_from_header allow_from_override aliases syslog "
    "set_date_header set_msgid_header remove_bcc_headers "
    "undisclosed_recipients add_missing_from_header add_missing_date_header "
    "logfile_time_format tls_min_dh_prime_bits";

static struct setting *
find(struct account *a, const char *key)
{
	struct setting *found = NULL;

	for (size_t i = 0; i < a->count; i++)
		if (str_ieq(a->set[i].key, str_of(key)))
			found = &a->set[i];
	return found;
}

static struct str
value(struct account *a, const char *key)
{
	struct setting *s = find(a, key);

	return s == NULL ? (struct str){ NULL, 0 } : s->value;
}

static bool
is(struct account *a, const char *key, const char *what)
{
	return str_ieq(value(a, key), str_of(what));
}

static struct account *
named(struct accounts *all, struct str name)
{
	for (size_t i = 0; i < all->count; i++)
		if (str_eq(all->list[i].name, name))
			return &all->list[i];
	return NULL;
}

/* "account NAME", "account NAME : BASE, BASE". */
static struct account *
begin(struct accounts *all, struct str rest)
{
	struct account *a, *base;
	struct str name, word;

	(void)str_cut(&rest, ':', &name);
	name = str_trim(name);
	if (str_ieq(name, STR("default")) && rest.p != NULL)
		all->standard = str_trim(rest);
	if (all->count == ACCOUNTS_MAX)
		return NULL;
	a = &all->list[all->count];
	*a = all->defaults;
	a->name = name;
	while (rest.p != NULL && str_cut(&rest, ',', &word)) {
		base = named(all, str_trim(word));
		for (size_t i = 0; base != NULL && i < base->count &&
		    a->count < SETTINGS_MAX; i++)
			a->set[a->count++] = base->set[i];
	}
	all->count++;
	return a;
}

static void
collect(struct accounts *all, struct str text)
{
	struct import_line line = { .number = 0 };
	struct account *a = &all->defaults;
	struct str key, val;

	while (import_next(&text, &line)) {
		import_pair(line.text, &key, &val);
		if (str_ieq(key, STR("defaults"))) {
			all->defaults.count = 0;
			a = &all->defaults;
		} else if (str_ieq(key, STR("account")))
			a = begin(all, val);
		else if (a != NULL && a->count < SETTINGS_MAX)
			a->set[a->count++] = (struct setting){ key, val,
			    line.number };
	}
}

/* %U and %H are ours in lower case. */
static void
put_address(struct buf *b, const char *keyword, struct str from)
{
	struct buf text;

	buf_init(&text, 1024);
	for (size_t i = 0; i < from.n; i++)
		(void)buf_char(&text, i > 0 && from.p[i - 1] == '%' ?
		    ascii_lower(from.p[i]) : from.p[i]);
	import_set(b, keyword, buf_view(&text));
	buf_free(&text);
}

/* Whose mail the account sends: the sender there is, or is made. */
static void
put_sender(struct import *im, struct account *a)
{
	struct str from = value(a, "from"), domain = value(a, "maildomain");
	bool fixed = is(a, "allow_from_override", "off") ||
	    is(a, "set_from_header", "on");

	if (from.n > 0 && memchr(from.p, '*', from.n) == NULL)
		put_address(&im->relays, fixed ? "force-from" : "from", from);
	else if (from.n > 0)
		import_note(&im->relays, "from %.*s: a pattern; see sender.",
		    STR_ARG(from));
	else if (import_yes(value(a, "auto_from")) && domain.n > 0)
		import_fmt(&im->relays, "from", "%%u@%.*s", STR_ARG(domain));
}

/* passwordeval is run by a shell. */
static void
put_command(struct import *im, struct str command)
{
	struct buf text;

	buf_init(&text, COMMAND_MAX);
	(void)buf_puts(&text, "command:/bin/sh -c \"");
	for (size_t i = 0; i < command.n; i++) {
		if (strchr("\"\\", command.p[i]) != NULL)
			(void)buf_char(&text, '\\');
		(void)buf_char(&text, command.p[i]);
	}
	(void)buf_char(&text, '"');
	import_set(&im->relays, "password", buf_view(&text));
	buf_free(&text);
}

static void
put_login(struct import *im, struct account *a)
{
	struct str auth = value(a, "auth"), user = value(a, "user");
	struct setting *password = find(a, "password");
	struct setting *eval = find(a, "passwordeval");

	if (auth.n == 0 || str_ieq(auth, STR("off")))
		return;
	import_set(&im->relays, "user", user);
	if (str_istarts(auth, STR("scram-")) || str_ieq(auth, STR("plain")) ||
	    str_ieq(auth, STR("cram-md5")) || str_ieq(auth, STR("login")) ||
	    str_ieq(auth, STR("external")) ||
	    str_ieq(auth, STR("oauthbearer")) || str_ieq(auth, STR("xoauth2")))
		import_set(&im->relays, "auth", auth);
	else if (!import_yes(auth))
		import_note(&im->relays, "auth %.*s: not known here; another "
		    "way to log in is chosen.", STR_ARG(auth));
	if (eval != NULL)
		put_command(im, eval->value);
	else if (password != NULL)
		import_secret(im, im->path, password->line);
	else if (!str_ieq(auth, STR("external")))
		import_secret(im, im->path, 0);
}

static void
put_tls(struct import *im, struct account *a)
{
	struct str trust = value(a, "tls_trust_file");

	if (trust.n > 0 && !str_ieq(trust, STR("system")) &&
	    trust.p[0] == '/')
		import_set(&im->relays, "ca-file", trust);
	if (is(a, "tls_certcheck", "off") || find(a, "tls_nocertcheck"))
		import_note(&im->relays, "tls_certcheck off: the certificate "
		    "is verified now; tls-pin helps if it cannot be.");
}

static void
put_rest(struct import *im, struct account *a)
{
	struct str proxy = value(a, "proxy_host");
	struct str port = value(a, "proxy_port"), wait = value(a, "timeout");

	if (proxy.n > 0)
		import_fmt(&im->relays, "proxy", "socks5://%.*s:%.*s",
		    STR_ARG(proxy), STR_ARG(port.n > 0 ? port : STR("1080")));
	if (import_port(wait) > 0)
		import_fmt(&im->relays, "timeout-connect", "%.*ss",
		    STR_ARG(wait));
	for (size_t i = 0; i < a->count; i++) {
		struct str rest = str_of(plain), word;
		bool done = false;

		while (str_word(&rest, &word))
			done |= str_ieq(a->set[i].key, word);
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
			if (!str_ieq(a->set[i].key, str_of(known[k].key)))
				continue;
			done = true;
			if (known[k].ours != NULL)
				import_set(&im->relays, known[k].ours,
				    a->set[i].value);
			else
				import_note(&im->relays, "%s: %s.",
				    known[k].key, known[k].note);
		}
		if (!done)
			import_note(&im->relays, "%.*s: not known here.",
			    STR_ARG(a->set[i].key));
	}
}

static void
put_account(struct import *im, struct account *a, bool standard)
{
	struct import_relay r = { .host = value(a, "host"),
	    .port = import_port(value(a, "port")), .tls = IMPORT_CLEAR,
	    .lmtp = is(a, "protocol", "lmtp"),
	    .login = value(a, "auth").n > 0 && !is(a, "auth", "off") };
	struct str from = value(a, "from");

	if (value(a, "socket").n > 0)
		r.host = value(a, "socket");
	if (import_yes(value(a, "tls")))
		r.tls = is(a, "tls_starttls", "off") ? IMPORT_TLS :
		    IMPORT_STARTTLS;
	if (r.host.n == 0) {
		import_note(&im->relays, "account %.*s has no host.",
		    STR_ARG(a->name));
		return;
	}
	import_relay(im, &r);
	if (!standard) {
		import_note(&im->relays, "Account %.*s: there is no -a here; "
		    "it is chosen by the sender.", STR_ARG(a->name));
		import_set(&im->relays, "sender", from.n > 0 ? from :
		    STR("nobody@invalid"));
	}
	put_sender(im, a);
	put_login(im, a);
	put_tls(im, a);
	put_rest(im, a);
}

/* What ours has for all relays together. */
static void
put_global(struct import *im, struct account *a)
{
	struct str aliases = value(a, "aliases");

	if (!is(a, "domain", "localhost"))
		import_set(&im->global, "hostname", value(a, "domain"));
	import_set(&im->global, "domain", value(a, "maildomain"));
	if (aliases.n > 0 && aliases.p[0] == '/') {
		import_set(&im->global, "aliases", aliases);
		import_note(&im->global, "See sendlet-aliases(5): an alias "
		    "\"default\" is nothing special here.");
	}
	if (value(a, "syslog").n > 0 && !is(a, "syslog", "off"))
		import_set(&im->global, "log", STR("syslog"));
}

/* Those chosen by sender come first, for the first that fits is taken. */
static void
put_all(struct import *im, struct accounts *all)
{
	struct account *standard = named(all, all->standard);

	if (standard == NULL)
		standard = all->count > 0 ? &all->list[0] : &all->defaults;
	put_global(im, standard);
	for (size_t i = 0; i < all->count; i++)
		if (&all->list[i] != standard &&
		    !str_ieq(all->list[i].name, STR("default")))
			put_account(im, &all->list[i], false);
	put_account(im, standard, true);
}

int
import_msmtp(struct import *im, struct str text)
{
	struct accounts *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return fault(im->fault, EX_OSERR, "out of memory");
	all->standard = STR("default");
	collect(all, text);
	put_all(im, all);
	free(all);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * What must stay possible in the sandbox: looking up names, the user and the
 * time zone, a file for a large message, and a place for mail that cannot be
 * delivered.  Everything else a message or a relay takes over finds shut.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/landlock.h"
#include "base/privilege.h"
#include "base/sandbox.h"
#include "base/scratch.h"
#include "confine.h"
#include "delivery/deadletter.h"
#include "delivery/place.h"
#include "mail/header.h"
#include "net/address.h"

enum { PARENT_MAX = 1024 };

/* The directory in which a path is to be made. */
static void
allow_parent(struct landlock *l, const char *path, enum landlock_right right)
{
	char parent[PARENT_MAX];
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 1 && path[n - 1] != '/')
		n--;
	if (snprintf(parent, sizeof(parent), "%.*s", (int)n, path) <
	    (int)sizeof(parent))
		(void)landlock_path(l, parent, right);
}

/* True for an address that is one at first sight, and has a domain. */
static bool
is_plain(const char *address)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+=@";
	const char *at = strchr(address, '@');

	return at != NULL && at != address && at[1] != '\0' &&
	    address[strspn(address, plain)] == '\0';
}

static bool
has_user(const char *template)
{
	return template != NULL && strstr(template, "%u") != NULL;
}

/* True when it may matter what the user is called. */
static bool
needs_user(const struct conf *conf, const struct args *args)
{
	const char *sender = args->claim.sender, *domain = conf->domain != NULL
	    ? conf->domain : conf->hostname;
	const struct relay *r;

	if (args->mode != MODE_SEND || sender == NULL || !is_plain(sender) ||
	    domain == NULL || has_user(conf->sender_map) ||
	    strcasecmp(strrchr(sender, '@') + 1, domain) == 0)
		return true;
	STAILQ_FOREACH(r, &conf->relays, next)
		if (has_user(r->from) || has_user(r->force_from) ||
		    has_user(r->user))
			return true;
	return has_user(conf->defaults.from) ||
	    has_user(conf->defaults.force_from) ||
	    has_user(conf->defaults.user);
}

/* True when a recipient may be a bare name, which may be an alias. */
static bool
needs_aliases(const struct args *args)
{
	if (args->mode != MODE_SEND || args->from_header)
		return !args->no_alias;
	for (int i = 0; i < args->count; i++)
		if (!is_plain(args->rcpt[i]))
			return !args->no_alias;
	return false;
}

/* True when the name of a host may have to be looked up. */
static bool
needs_names(const struct conf *conf, const struct args *args)
{
	const struct relay *r;
	struct address a;

	/* A check asks for records of domains, too. */
	if (conf->hostname == NULL || args->mode == MODE_CHECK)
		return true;
	STAILQ_FOREACH(r, &conf->relays, next)
		if (r->proxy != NULL || r->kind == RELAY_DIRECT ||
		    (r->host != NULL && !address_parse(&a, r->host, 0)))
			return true;
	return false;
}

static void
allow_names(struct landlock *l, const struct conf *conf,
    const struct args *args)
{
	/* Of a user without an entry, its name may be asked elsewhere. */
	if (needs_user(conf, args))
		(void)landlock_path(l, "/etc/passwd", LANDLOCK_READ);
	/* A check tells whose files are. */
	if (args->mode == MODE_CHECK)
		(void)landlock_path(l, "/etc/group", LANDLOCK_READ);
	if (!needs_names(conf, args))
		return;
	(void)landlock_path(l, "/etc/hosts", LANDLOCK_READ);
	(void)landlock_path(l, "/etc/resolv.conf", LANDLOCK_READ);
}

/*
 * True when there is a date in the header, as far as that is there, and none
 * is to be added.  What is no field begins the body.
 */
static bool
is_dated(const struct opening *o)
{
	struct str rest = buf_view(&o->bytes);
	struct field field;
	bool dated = false;

	while (header_next(&rest, &field) && field.name.n > 0) {
		if (str_istarts(field.name, STR("Resent-")))
			return false;
		dated = dated || header_is(&field, "Date");
	}
	return dated;
}

/* What will have to be dated is so by a file that is out of reach then. */
static void
keep_zone(const struct conf *conf, const struct opening *o)
{
	if (o == NULL || conf->place != NULL || !is_dated(o))
		tzset();
}

static void
allow_aliases(struct landlock *l, const struct conf *conf,
    const struct args *args)
{
	const char *path = conf->aliases == NULL ? "/etc/aliases" :
	    conf->aliases;

	if (needs_aliases(args) && path[0] == '/')
		(void)landlock_path(l, path, LANDLOCK_READ);
}

/*
 * Where mail is put: root sees to the places of all users, but not after a
 * mail for which there was none.
 */
static void
allow_mail(struct landlock *l, const struct conf *conf,
    const struct args *args, const char *letter)
{
	const char *whole = place_whole(conf);
	const struct relay *r;

	if (whole != NULL && privilege_user() == 0 &&
	    (conf->place != NULL || args->mode != MODE_SEND))
		(void)landlock_path(l, whole, LANDLOCK_KEEP);
	else if (conf->place != NULL)
		landlock_dir(l, conf->place->dir, LANDLOCK_KEEP);
	if (letter != NULL && !landlock_path(l, letter, LANDLOCK_APPEND) &&
	    errno == ENOENT)
		allow_parent(l, letter, LANDLOCK_MAKE);
	STAILQ_FOREACH(r, &conf->relays, next)
		if (r->kind == RELAY_MAILDIR &&
		    !landlock_path(l, r->path, LANDLOCK_KEEP) &&
		    errno == ENOENT)
			allow_parent(l, r->path, LANDLOCK_KEEP);
}

/* Binding is for those who say what address to speak from. */
static void
allow_source(struct landlock *l, const struct conf *conf)
{
	const struct relay *r;

	STAILQ_FOREACH(r, &conf->relays, next)
		if (r->source != NULL) {
			landlock_bind(l);
			return;
		}
}

static int
confine_files(struct conf *conf, const struct args *args,
    const struct opening *o, struct fault *f)
{
	const char *scratch = o != NULL && o->whole ? NULL :
	    scratch_directory();
	char letter[DEADLETTER_PATH_MAX];
	bool kept = deadletter_path(conf, letter);
	struct landlock l;

	conf->keeps = kept || conf->place != NULL;
	if (landlock_begin(&l, f) != 0)
		return -1;
	if (scratch != NULL)
		(void)landlock_path(&l, scratch, LANDLOCK_SCRATCH);
	allow_names(&l, conf, args);
	allow_aliases(&l, conf, args);
	allow_mail(&l, conf, args, kept ? letter : NULL);
	allow_source(&l, conf);
	return landlock_enforce(&l, f);
}

int
confine(struct conf *conf, const struct args *args, const struct opening *o,
    struct fault *f)
{
	struct fault files = { 0 }, calls = { 0 };

	if (conf->sandbox == SANDBOX_OFF ||
	    (conf->sandbox == SANDBOX_AUTO && !sandbox_possible()))
		return 0;
	keep_zone(conf, o);
	if (sandbox_begin(&files) == 0)
		(void)confine_files(conf, args, o, &files);
	conf->confined = sandbox_enter(SANDBOX_LISTEN, &calls) == 0;
	if (files.code == 0 && calls.code == 0)
		return 0;
	(void)fault(f, EX_OSERR, "sandbox: %s%s%s", files.text,
	    files.code != 0 && calls.code != 0 ? "; " : "", calls.text);
	if (conf->sandbox == SANDBOX_REQUIRED)
		return -1;
	/* Worth a line for who looks. */
	if (args->verbose)
		(void)fprintf(stderr, "== %s\n", f->text);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The configuration as a whole: which file counts, what wins over what, and
 * which settings need each other.  From weak to strong: the defaults of the
 * keyword table, the file, the environment.
 */
#include <sys/stat.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "config/address.h"
#include "config/conf.h"
#include "config/list.h"
#include "config/origin.h"
#include "config/parse.h"
#include "config/relay.h"
#include "config/trust.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR	"/etc"
#endif

enum { FILE_LIMIT = 1024 * 1024, PIPE_LIMIT_MS = 60 * 1000 };

static int
init(struct conf *c, struct fault *f)
{
	memset(c, 0, sizeof(*c));
	STAILQ_INIT(&c->relays);
	STAILQ_INIT(&c->dkim.signers);
	for (const struct keyword *k = keywords; k->name != NULL; k++) {
		void *base = k->per_relay ? (void *)&c->defaults : c;

		if (k->standard != NULL &&
		    keyword_set(k, base, k->standard, f) == -1)
			return -1;
	}
	return 0;
}

/* The file in the user's own directory, or NULL. */
static const char *
own_file(struct buf *path)
{
	const char *directory = getenv("XDG_CONFIG_HOME"), *below = "";
	struct stat st;

	if (directory == NULL || directory[0] != '/') {
		directory = getenv("HOME");
		below = "/.config";
	}
	if (directory == NULL || directory[0] != '/')
		return NULL;
	(void)buf_fmt(path, "%s%s/sendlet.conf", directory, below);
	return buf_cstr(path) != NULL && stat(path->p, &st) == 0 ? path->p :
	    NULL;
}

/* The file that counts; own is room for a path.  Optional: may be missing. */
static const char *
choose(const struct conf_source *s, struct buf *own, bool *optional)
{
	const char *path = NULL;

	*optional = false;
	if (!s->privileged)
		path = s->file != NULL ? s->file : own_file(own);
	if (path != NULL)
		return path;
	*optional = true;
	return s->system == NULL ? SYSCONFDIR "/sendlet.conf" : s->system;
}

static int
load_file(struct conf *c, const char *path, struct problems *p,
    struct fault *f)
{
	struct fault exposed;
	struct buf text;
	unsigned literal = 0;
	struct trusted file;
	int code;

	if (trust_open(&file, path, TRUST_ORDERS, f) == -1)
		return -1;
	if (c->origins != NULL)
		trust_describe(&file, c->origins->owner);
	buf_init(&text, FILE_LIMIT);
	code = trust_read(&file, path,
	    clock_deadline(PIPE_LIMIT_MS, CLOCK_NEVER), &text, f);
	if (code == 0)
		literal = parse_file(c, path, buf_view(&text), p);
	if (literal != 0 && trust_private(&file, &exposed) == -1) {
		(void)fault(&exposed, exposed.code, "%s, or keep the password "
		    "elsewhere (password file:PATH)", exposed.text);
		problem(p, path, literal, &exposed);
	}
	buf_free(&text);
	(void)close(file.fd);
	return code;
}

/* What is missing for the relay's settings to make sense, or NULL. */
static const char *
missing_login(const struct relay *r)
{
	bool external = r->auth == NULL ? r->tls_cert != NULL :
	    list_names(r->auth, STR("EXTERNAL"));

	if (r->kind == RELAY_MAILDIR || r->kind == RELAY_DIRECT)
		return NULL;
	if (r->password != NULL && r->user == NULL)
		return "password without user";
	if (r->user != NULL && r->password == NULL && !external)
		return "user without password";
	return NULL;
}

static const char *
missing_certificate(const struct relay *r)
{
	if (r->tls_cert != NULL && r->tls_key == NULL)
		return "tls-cert without tls-key";
	if (r->tls_key != NULL && r->tls_cert == NULL)
		return "tls-key without tls-cert";
	if (r->auth != NULL && strcmp(r->auth, "EXTERNAL") == 0 &&
	    r->tls_cert == NULL)
		return "auth EXTERNAL without tls-cert and tls-key";
	return NULL;
}

/* force-from yes means from, or a login name that is an address. */
static const char *
missing_sender(const struct relay *r)
{
	if (r->force_from == NULL || strcmp(r->force_from, "yes") != 0 ||
	    r->from != NULL || (r->user != NULL && address_check(r->user,
	    &(struct fault){ 0 }) == 0))
		return NULL;
	return "force-from yes without from";
}

static void
check_relays(const struct conf *c, const char *path, struct problems *p)
{
	const struct relay *r;
	struct fault f;

	STAILQ_FOREACH(r, &c->relays, next) {
		const char *const missing[] = {
			missing_login(r), missing_certificate(r),
			missing_sender(r)
		};

		/* What is missing may be what had to be refused. */
		for (size_t i = 0; i < 3 && !r->flawed; i++) {
			if (missing[i] == NULL)
				continue;
			(void)fault(&f, EX_CONFIG, "relay %s: %s", r->url,
			    missing[i]);
			problem(p, r->line == 0 ? "SENDLET_RELAY" : path,
			    r->line, &f);
		}
	}
}

/* FNV-1a, over the relays as they were written. */
static uint64_t
hash_relays(const struct conf *c)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const struct relay *r;

	STAILQ_FOREACH(r, &c->relays, next)
		for (const char *p = r->url; *p != '\0'; p++)
			hash = (hash ^ (unsigned char)*p) *
			    UINT64_C(0x100000001b3);
	return hash == 0 ? 1 : hash;
}

/* Whether others than the usual relays count; filed: the file named some. */
static bool
has_other_relays(const struct conf *c, const struct conf_source *s,
    bool filed)
{
	const struct relay *first = STAILQ_FIRST(&c->relays);

	return !s->privileged && (s->file != NULL ||
	    (filed && first != NULL && first->line == 0));
}

/* What stands beside the file, and whether it all makes sense. */
static int
complete(struct conf *c, const struct conf_source *s, const char *path,
    struct problems *p, struct fault *f)
{
	bool filed;

	filed = !STAILQ_EMPTY(&c->relays);
	if (!s->privileged)
		parse_environment(c, p);
	check_relays(c, path, p);
	if (p->count > 0)
		return fault(f, p->code, "%u error%s in the configuration",
		    p->count, p->count == 1 ? "" : "s");
	if (STAILQ_EMPTY(&c->relays) && !s->alone)
		return fault(f, EX_CONFIG, "no relay configured: add \"relay "
		    "HOST\" to %s%s", path,
		    s->privileged ? "" : " or set SENDLET_RELAY");
	if (c->spool == NULL && has_other_relays(c, s, filed))
		c->route = hash_relays(c);
	return 0;
}

int
conf_load(struct conf *c, const struct conf_source *s, struct buf *errors,
    struct fault *f)
{
	struct problems p = { .lines = errors, .code = EX_CONFIG };
	const char *path;
	struct buf own;
	bool optional;
	int status;

	buf_init(&own, PATH_MAX);
	path = choose(s, &own, &optional);
	status = init(c, f);
	c->origins = s->origins;
	if (s->origins != NULL)
		(void)strlcpy(s->origins->file, path, sizeof(s->origins->file));
	if (status == 0)
		status = load_file(c, path, &p, f);
	if (status != 0 && f->code == EX_NOINPUT) {
		status = optional ? 0 : -1;
		f->code = optional ? EX_OK : EX_CONFIG;
	}
	if (status == 0)
		status = complete(c, s, path, &p, f);
	buf_free(&own);
	return status;
}

void
conf_free(struct conf *c)
{
	relay_drop_all(c);
	relay_wipe(&c->defaults);
	signers_free(&c->dkim.signers);
	for (const struct keyword *k = keywords; k->name != NULL; k++) {
		char **slot = (char **)(void *)((char *)c + k->offset);

		if (k->per_relay || !keyword_is_string(k))
			continue;
		free(*slot);
		*slot = NULL;
	}
}

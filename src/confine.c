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
#include <unistd.h>

#include "base/landlock.h"
#include "base/sandbox.h"
#include "confine.h"
#include "delivery/deadletter.h"
#include "delivery/place.h"

enum { PARENT_MAX = 1024 };

static const struct fixed {
	const char		*path;
	enum landlock_right	 right;
} fixed[] = {
	{ "/etc/hosts", LANDLOCK_READ },
	{ "/etc/resolv.conf", LANDLOCK_READ },
	{ "/etc/passwd", LANDLOCK_READ },
	{ "/dev/null", LANDLOCK_APPEND },
	{ "/tmp", LANDLOCK_SCRATCH },
	{ "/var/tmp", LANDLOCK_SCRATCH },
};

/* The path, or where it is to be made the directory it will be in. */
static void
allow_new(struct landlock *l, const char *path, enum landlock_right right)
{
	char parent[PARENT_MAX];
	size_t n = strlen(path);

	if (access(path, F_OK) == 0 || errno != ENOENT) {
		landlock_path(l, path, right);
		return;
	}
	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 1 && path[n - 1] != '/')
		n--;
	if (snprintf(parent, sizeof(parent), "%.*s", (int)n, path) <
	    (int)sizeof(parent))
		landlock_path(l, parent, right);
}

static void
allow_zone(struct landlock *l)
{
	const char *zone = getenv("TZ");

	if (zone == NULL)
		landlock_path(l, "/etc/localtime", LANDLOCK_READ);
	else if (zone[zone[0] == ':'] == '/')
		landlock_path(l, zone + (zone[0] == ':'), LANDLOCK_READ);
	else
		landlock_path(l, "/usr/share/zoneinfo", LANDLOCK_READ);
}

/* Where mail is put: root sees to the places of all users. */
static void
allow_mail(struct landlock *l, const struct conf *conf)
{
	char path[DEADLETTER_PATH_MAX];
	const struct relay *r;

	if (conf->place != NULL && geteuid() == 0)
		landlock_path(l, conf->place->path, LANDLOCK_KEEP);
	else if (conf->place != NULL)
		landlock_dir(l, conf->place->dir, LANDLOCK_KEEP);
	if (deadletter_path(conf, path))
		allow_new(l, path, LANDLOCK_APPEND);
	STAILQ_FOREACH(r, &conf->relays, next)
		if (r->kind == RELAY_MAILDIR)
			allow_new(l, r->path, LANDLOCK_KEEP);
}

static int
confine_files(const struct conf *conf, struct fault *f)
{
	const char *const tmp = secure_getenv("TMPDIR");
	struct landlock l;

	if (landlock_begin(&l, f) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		landlock_path(&l, fixed[i].path, fixed[i].right);
	if (tmp != NULL && tmp[0] == '/')
		landlock_path(&l, tmp, LANDLOCK_SCRATCH);
	if (conf->aliases == NULL || conf->aliases[0] == '/')
		landlock_path(&l, conf->aliases == NULL ? "/etc/aliases" :
		    conf->aliases, LANDLOCK_READ);
	allow_zone(&l);
	allow_mail(&l, conf);
	return landlock_enforce(&l, f);
}

/* A part that is missing is an error, or worth a line for who looks. */
static int
missing(const struct conf *conf, const struct args *args,
    const struct fault *f)
{
	if (conf->sandbox == SANDBOX_REQUIRED)
		return -1;
	if (args->verbose)
		(void)fprintf(stderr, "== %s\n", f->text);
	return 0;
}

int
confine(struct conf *conf, const struct args *args, struct fault *f)
{
	if (conf->sandbox == SANDBOX_OFF ||
	    (conf->sandbox == SANDBOX_AUTO && !sandbox_possible()))
		return 0;
	if (sandbox_begin(f) != 0)
		return missing(conf, args, f);
	if (confine_files(conf, f) != 0 && missing(conf, args, f) != 0)
		return -1;
	if (sandbox_enter(SANDBOX_LISTEN, f) != 0)
		return missing(conf, args, f);
	conf->confined = true;
	return 0;
}

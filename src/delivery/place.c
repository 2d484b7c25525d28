/* SPDX-License-Identifier: ISC */
/*
 * Where the spool is, and whose.  Each user's mail is in a directory of its
 * own, so that nobody sees or touches the mail of others, no limit is used up
 * by others, and a process that has given up its group still owns what it has
 * to change.  The directory around these is root's (mode 0730 for a group that
 * the program runs set-group-id to) or the user's own.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/privilege.h"
#include "delivery/place.h"

#define SYSTEM_SPOOL	"/var/spool/sendlet"

enum { DIR_FLAGS = O_DIRECTORY | O_CLOEXEC };

static int
none(struct fault *f)
{
	return fault(f, EX_UNAVAILABLE, "spool: there is none");
}

/* Makes every directory of the path that is missing, but not the first. */
static void
make_path(char *path)
{
	for (char *p = strchr(path + 1, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)io_mkdir(AT_FDCWD, path);
		*p = '/';
	}
	(void)io_mkdir(AT_FDCWD, path);
}

/* Opens the directory around the parts, and looks who could change it. */
static int
open_whole(const char *path, int flags, struct fault *f)
{
	int fd = open(path, flags | DIR_FLAGS);
	struct stat st;

	if (fd < 0)
		return fault_errno(f, errno == ENOENT ? EX_UNAVAILABLE :
		    EX_CANTCREAT, errno, "spool: %s", path);
	if (fstat(fd, &st) == 0 &&
	    (st.st_uid == 0 || st.st_uid == privilege_user()) &&
	    (st.st_mode & S_IWOTH) == 0)
		return fd;
	(void)close(fd);
	return fault(f, EX_NOPERM, "spool: %s: must belong to root or you and "
	    "not be writable by others", path);
}

/* Opens one part; its owner must be the one its name says. */
static int
open_part(struct place *p, int whole, bool make, struct fault *f)
{
	char name[16];
	struct stat st;

	(void)snprintf(name, sizeof(name), "%lu", (unsigned long)p->owner);
	p->dir = openat(whole, name, O_RDONLY | O_NOFOLLOW | DIR_FLAGS);
	if (p->dir < 0 && errno == ENOENT && make) {
		if (io_mkdir(whole, name) != 0 && errno != EEXIST)
			return fault_errno(f, EX_CANTCREAT, errno,
			    "spool: %s/%s", p->path, name);
		p->dir = openat(whole, name, O_RDONLY | O_NOFOLLOW | DIR_FLAGS);
		/* The directory above may not be readable, and not synced. */
		if (p->dir >= 0 && syncfs(p->dir) != 0) {
			place_close(p);
			return fault_errno(f, EX_IOERR, errno, "spool: %s/%s",
			    p->path, name);
		}
	}
	if (p->dir < 0)
		return fault_errno(f, errno == ENOENT ? EX_UNAVAILABLE :
		    EX_CANTCREAT, errno, "spool: %s/%s", p->path, name);
	if (fstat(p->dir, &st) == 0 && st.st_uid == p->owner &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return 0;
	place_close(p);
	return fault(f, EX_NOPERM, "spool: %s/%s: must belong to user %s and "
	    "to nobody else", p->path, name, name);
}

/* Opens whole and part of one directory that may be the spool. */
static int
try_path(struct place *p, const char *path, bool make, struct fault *f)
{
	int whole = open_whole(path, O_PATH, f), status;

	if (whole < 0)
		return -1;
	(void)snprintf(p->path, sizeof(p->path), "%s", path);
	status = open_part(p, whole, make, f);
	(void)close(whole);
	return status;
}

/* The user's own directory, below $XDG_STATE_HOME or $HOME. */
static bool
own_path(char path[PLACE_PATH_MAX])
{
	const char *dir, *below = "";
	int n;

	if (privilege_user() == 0)
		return false;
	dir = secure_getenv("XDG_STATE_HOME");
	if (dir == NULL || dir[0] != '/') {
		dir = secure_getenv("HOME");
		below = "/.local/state";
	}
	if (dir == NULL || dir[0] != '/')
		return false;
	n = snprintf(path, PLACE_PATH_MAX, "%s%s/sendlet", dir, below);
	return n > 0 && n < PLACE_PATH_MAX;
}

/* The default places, the first that can be used. */
static int
try_defaults(struct place *p, bool make, struct fault *f)
{
	char path[PLACE_PATH_MAX];
	bool later = false;

	if (eaccess(SYSTEM_SPOOL, W_OK | X_OK) == 0) {
		if (try_path(p, SYSTEM_SPOOL, make, f) == 0)
			return 0;
		/* The first mail will make it. */
		later = !make && f->code == EX_UNAVAILABLE;
	}
	if (!own_path(path))
		return later ? -1 : none(f);
	if (try_path(p, path, make, f) == 0)
		return 0;
	if (!make || f->code != EX_UNAVAILABLE)
		return -1;
	make_path(path);
	return try_path(p, path, make, f);
}

/* Another descriptor for a part that is open. */
static int
open_kept(struct place *p, const struct conf *conf, struct fault *f)
{
	*p = *conf->place;
	p->dir = fcntl(conf->place->dir, F_DUPFD_CLOEXEC, 0);
	return p->dir >= 0 ? 0 :
	    fault_errno(f, EX_CANTCREAT, errno, "spool: %s", p->path);
}

void
place_keep(struct place *p, struct conf *conf, bool make, struct fault *f)
{
	if (place_open(p, conf, make, f) == 0)
		conf->place = p;
	else
		conf->no_place = f;
}

int
place_open(struct place *p, const struct conf *conf, bool make,
    struct fault *f)
{
	if (conf->place != NULL)
		return open_kept(p, conf, f);
	if (conf->no_place != NULL) {
		*f = *conf->no_place;
		return -1;
	}
	*p = (struct place){ .dir = -1, .owner = privilege_user(),
	    .route = conf->route,
	    .max_size = conf->spool_max_size,
	    .max_messages = conf->spool_max_messages };
	if (conf->spool == NULL)
		return try_defaults(p, make, f);
	if (conf->spool[0] != '/')
		return none(f);
	if (strlen(conf->spool) >= sizeof(p->path))
		return fault(f, EX_CANTCREAT, "spool: name too long");
	if (try_path(p, conf->spool, make, f) == 0)
		return 0;
	if (!make || f->code != EX_UNAVAILABLE)
		return -1;
	(void)io_mkdir(AT_FDCWD, conf->spool);
	return try_path(p, conf->spool, make, f);
}

void
place_close(struct place *p)
{
	if (p->dir >= 0)
		(void)close(p->dir);
	p->dir = -1;
}

const char *
place_whole(const struct conf *conf)
{
	if (conf->spool == NULL)
		return SYSTEM_SPOOL;
	return conf->spool[0] == '/' ? conf->spool : NULL;
}

int
place_walk(struct place_walk *w, const struct conf *conf, struct fault *f)
{
	const char *path = place_whole(conf);
	int fd;

	*w = (struct place_walk){ .conf = conf };
	if (privilege_user() != 0)
		return place_open(&w->whole, conf, false, f);
	if (path == NULL)
		return none(f);
	if ((fd = open_whole(path, O_RDONLY, f)) < 0)
		return -1;
	w->names = fdopendir(fd);
	if (w->names == NULL) {
		(void)close(fd);
		return fault_errno(f, EX_OSERR, errno, "spool: %s", path);
	}
	w->whole = (struct place){ .dir = -1, .max_size = conf->spool_max_size,
	    .max_messages = conf->spool_max_messages };
	(void)snprintf(w->whole.path, sizeof(w->whole.path), "%s", path);
	return 0;
}

/* The user a part is named for; false for any other name. */
static bool
is_part(const char *name, uid_t *owner)
{
	char again[16];

	*owner = (uid_t)strtoul(name, NULL, 10);
	(void)snprintf(again, sizeof(again), "%lu", (unsigned long)*owner);
	return strcmp(name, again) == 0;
}

bool
place_next(struct place_walk *w, struct place *p)
{
	struct fault ignored;
	struct dirent *d;

	if (w->names == NULL && !w->done) {
		w->done = true;
		*p = w->whole;
		w->whole.dir = -1;
		return true;
	}
	*p = w->whole;
	while (w->names != NULL && (d = readdir(w->names)) != NULL)
		if (is_part(d->d_name, &p->owner) &&
		    open_part(p, dirfd(w->names), false, &ignored) == 0)
			return true;
	place_walk_end(w);
	return false;
}

void
place_walk_end(struct place_walk *w)
{
	if (w->names != NULL)
		(void)closedir(w->names);
	w->names = NULL;
	w->done = true;
	place_close(&w->whole);
}

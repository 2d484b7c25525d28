/* SPDX-License-Identifier: ISC */
/*
 * The group that the program may be set-group-id to, so that it can read a
 * password which its callers cannot.  It is held from the start until
 * configuration, secrets and spool are open, and at no time while a message or
 * a relay is listened to.
 */
#include <sys/auxv.h>
#include <sys/prctl.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/privilege.h"

enum { ZONE_MAX = 64 };

static bool given_up;

bool
privilege_lent(void)
{
	/* Nothing can be lent to root. */
	if (getauxval(AT_UID) == 0)
		return false;
	/* What the kernel said at exec stays true when the group is gone. */
	return getauxval(AT_SECURE) != 0 ||
	    getauxval(AT_EGID) != getauxval(AT_GID) ||
	    getauxval(AT_EUID) != getauxval(AT_UID);
}

uid_t
privilege_caller(void)
{
	return (uid_t)getauxval(AT_UID);
}

uid_t
privilege_user(void)
{
	return (uid_t)getauxval(given_up ? AT_UID : AT_EUID);
}

/* "Europe/Berlin" or "CET-1CEST,M3.5.0": nothing that could be a file else. */
static bool
zone_plain(const char *zone)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_/,.<>";

	return zone[0] != '/' && zone[0] != '\0' &&
	    strlen(zone) <= ZONE_MAX && zone[strspn(zone, allowed)] == '\0' &&
	    strstr(zone, "..") == NULL;
}

void
privilege_prepare(void)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char *clean[] = { path, NULL, NULL };

	if (!privilege_lent())
		return;
	for (char **e = environ; e != NULL && *e != NULL; e++)
		if (strncmp(*e, "TZ=", 3) == 0 && zone_plain(*e + 3))
			clean[1] = *e;
	environ = clean;
	(void)chdir("/");
}

/* True when all that is left is the caller's. */
static bool
dropped(uid_t uid, gid_t gid)
{
	uid_t user[3];
	gid_t group[3];

	if (getresuid(&user[0], &user[1], &user[2]) != 0 ||
	    getresgid(&group[0], &group[1], &group[2]) != 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (user[i] != uid || group[i] != gid)
			return false;
	return true;
}

int
privilege_drop(struct fault *f)
{
	/* Known without asking the kernel again. */
	const uid_t uid = (uid_t)getauxval(AT_UID);
	const uid_t lent_user = (uid_t)getauxval(AT_EUID);
	const gid_t gid = (gid_t)getauxval(AT_GID);
	const gid_t lent_group = (gid_t)getauxval(AT_EGID);

	given_up = true;
	if (uid == lent_user && gid == lent_group)
		return 0;
	if (setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0 ||
	    !dropped(uid, gid))
		return fault_errno(f, EX_OSERR, errno,
		    "privilege: cannot be given up");
	/* Only root may become what it likes. */
	if (uid != 0 && ((lent_group != gid && setegid(lent_group) == 0) ||
	    (lent_user != uid && seteuid(lent_user) == 0)))
		return fault(f, EX_OSERR, "privilege: can be had back");
	/* With the change of group the kernel's default is back. */
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		return fault_errno(f, EX_OSERR, errno, "privilege");
	return 0;
}

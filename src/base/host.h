/* SPDX-License-Identifier: ISC */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stdbool.h>

enum { HOST_NAME_SIZE = 256, HOST_LOGIN_SIZE = 64, HOST_GECOS_SIZE = 256 };

/*
 * This machine's name: gethostname(2), or when that has no dot its canonical
 * name in /etc/hosts; no name server is ever asked.  "localhost" when there
 * is none that could stand in a domain name.  Returns true when it has a dot.
 */
bool host_name(char name[HOST_NAME_SIZE]);

/* Who runs the program. */
struct host_user {
	char	login[HOST_LOGIN_SIZE];
	char	name[HOST_GECOS_SIZE];	/* full name; may be empty */
};

/*
 * The real user from the passwd file; "uid1234" for one who is not in it.
 */
void host_user(struct host_user *);

#endif

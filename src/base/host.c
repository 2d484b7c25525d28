/* SPDX-License-Identifier: ISC */
/*
 * What this machine and its user are called.  Nothing here may wait or fail:
 * containers have no resolvable name and no passwd entry.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/string.h>

#include "base/host.h"
#include "base/str.h"

static bool
name_valid(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') &&
		    (c != '-' || i == 0) &&
		    (c != '.' || i == 0 || s.p[i - 1] == '.'))
			return false;
	}
	return s.n > 0 && s.p[s.n - 1] != '.';
}

static bool
has_dot(struct str s)
{
	return s.n > 0 && memchr(s.p, '.', s.n) != NULL;
}

/* The first name of a hosts line that also names alias, if it has a dot. */
static bool
canonical(struct str line, struct str alias, struct str *name)
{
	struct str rest = line, word;

	(void)str_cut(&rest, '#', &line);
	if (!str_word(&line, &word) || !str_word(&line, name) ||
	    !has_dot(*name) || !name_valid(*name))
		return false;
	while (str_word(&line, &word))
		if (str_ieq(word, alias))
			return true;
	return false;
}

static bool
look_up(char name[HOST_NAME_SIZE])
{
	FILE *file = fopen("/etc/hosts", "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	bool found = false;

	if (file == NULL)
		return false;
	while (!found && (n = getline(&line, &size, file)) >= 0) {
		struct str full;

		if (!canonical((struct str){ line, (size_t)n }, str_of(name),
		    &full) || full.n >= HOST_NAME_SIZE)
			continue;
		(void)snprintf(name, HOST_NAME_SIZE, "%.*s", STR_ARG(full));
		found = true;
	}
	free(line);
	(void)fclose(file);
	return found;
}

bool
host_name(char name[HOST_NAME_SIZE])
{
	if (gethostname(name, HOST_NAME_SIZE) != 0)
		name[0] = '\0';
	name[HOST_NAME_SIZE - 1] = '\0';
	if (!name_valid(str_of(name)))
		(void)strlcpy(name, "localhost", HOST_NAME_SIZE);
	return has_dot(str_of(name)) || look_up(name);
}

/* The name in a GECOS field: up to the first comma, "&" is the login. */
static void
gecos_name(char *out, size_t size, const char *gecos, const char *login)
{
	size_t n = 0;

	for (; *gecos != '\0' && *gecos != ',' && n + 1 < size; gecos++) {
		if (*gecos != '&') {
			out[n++] = *gecos;
			continue;
		}
		(void)strlcpy(out + n, login, size - n);
		if (out[n] >= 'a' && out[n] <= 'z')
			out[n] = (char)(out[n] - 'a' + 'A');
		n += strlen(out + n);
	}
	out[n] = '\0';
}

void
host_user(struct host_user *u)
{
	const struct passwd *pw = getpwuid(getuid());

	*u = (struct host_user){ 0 };
	if (pw == NULL || strlcpy(u->login, pw->pw_name, sizeof(u->login)) >=
	    sizeof(u->login) || u->login[0] == '\0') {
		(void)snprintf(u->login, sizeof(u->login), "uid%lu",
		    (unsigned long)getuid());
		return;
	}
	gecos_name(u->name, sizeof(u->name), pw->pw_gecos, u->login);
}

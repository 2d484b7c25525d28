/* SPDX-License-Identifier: ISC */
/*
 * Which aliases count on this run, and who hears of what is wrong with them:
 * the log in any case, the caller only when his mail did not get through, for
 * output means failure to many callers.
 */
#include <stdio.h>
#include <string.h>

#include "aliasing.h"
#include "base/log.h"
#include "config/trust.h"

#define USUAL_FILE	"/etc/aliases"

/*
 * Opens the file.  Returns -1 when there is none: code 0 when that is no
 * mistake, else with a fault.
 */
static int
open_file(const struct conf *conf, const char **name, struct fault *f)
{
	int fd;

	f->code = 0;
	*name = conf->aliases == NULL ? USUAL_FILE : conf->aliases;
	if (strcmp(*name, "off") == 0)
		return -1;
	fd = trust_open(*name, TRUST_ORDERS, f);
	if (fd != -1 || (f->code == EX_NOINPUT && conf->aliases == NULL))
		f->code = 0;
	return fd;
}

void
aliasing_open(struct aliasing *a, const struct args *args,
    const struct conf *conf, const char *domain)
{
	const char *name;
	struct fault f;
	int fd;

	*a = (struct aliasing){ .qualifier.domain = domain };
	if (args->no_alias) {
		aliases_init(&a->aliases, "", -1, NULL);
		return;
	}
	fd = open_file(conf, &name, &f);
	aliases_init(&a->aliases, name, fd, conf->root);
	if (f.code != 0)
		aliases_problem(&a->aliases, ALIASES_NO_LINE, &f);
	a->qualifier.aliases = &a->aliases;
}

void
aliasing_close(struct aliasing *a)
{
	aliases_free(&a->aliases);
}

/* All problems in one line; false when there is none that mattered. */
static bool
summarize(const struct aliases *a, struct fault *f)
{
	struct str rest = buf_view(&a->problems), first;
	bool one = a->problem_count == 1;

	if (!a->loaded || a->problem_count == 0)
		return false;
	(void)str_cut(&rest, '\n', &first);
	(void)fault(f, EX_DATAERR, "aliases: %u error%s, newaliases shows %s: "
	    "%.*s", a->problem_count, one ? "" : "s", one ? "it" : "them",
	    STR_ARG(first));
	return true;
}

void
aliasing_log(struct aliasing *a)
{
	struct fault f;

	if (a->logged || !summarize(&a->aliases, &f))
		return;
	log_line(true, "%s", f.text);
	a->logged = true;
}

void
aliasing_complain(const struct aliasing *a)
{
	struct fault f;

	if (summarize(&a->aliases, &f))
		(void)fprintf(stderr, "sendlet: %s\n", f.text);
}

/* One line for each problem. */
static void
print(const struct aliases *a)
{
	struct str rest = buf_view(&a->problems), line;

	while (str_cut(&rest, '\n', &line))
		if (line.n > 0)
			(void)fprintf(stderr, "sendlet: %.*s\n", STR_ARG(line));
}

int
aliasing_check(const struct conf *conf)
{
	struct aliases aliases;
	const char *name;
	struct fault f;
	int fd = open_file(conf, &name, &f), code = EX_OK;

	if (f.code != 0) {
		(void)fprintf(stderr, "sendlet: %s\n", f.text);
		return f.code;
	}
	if (fd == -1) {
		(void)printf("%s: no aliases\n", name);
		return EX_OK;
	}
	aliases_init(&aliases, name, fd, conf->root);
	aliases_load(&aliases);
	print(&aliases);
	(void)printf("%s: %u alias%s, longest %zu bytes, %zu bytes total\n",
	    name, aliases.count, aliases.count == 1 ? "" : "es",
	    aliases.longest, aliases.total);
	if (aliases.problem_count > 0)
		code = aliases.failed.code != 0 ? EX_OSERR : EX_DATAERR;
	aliases_free(&aliases);
	return code;
}

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

#define USUAL_FILE	"/etc/aliases"

/* The file that counts, which nobody need have made; or NULL. */
static const char *
file(const struct conf *conf)
{
	const char *name = conf->aliases == NULL ? USUAL_FILE : conf->aliases;

	return strcmp(name, "off") == 0 ? NULL : name;
}

void
aliasing_open(struct aliasing *a, const struct args *args,
    const struct conf *conf, const char *domain)
{
	*a = (struct aliasing){ .qualifier.domain = domain };
	if (args->no_alias) {
		aliases_init(&a->aliases, NULL, true, NULL);
		return;
	}
	aliases_init(&a->aliases, file(conf), conf->aliases == NULL,
	    conf->root);
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

/* Says what was found in the file; returns the exit status. */
static int
report(const struct aliases *a)
{
	(void)printf("%s: %u alias%s, longest %zu bytes, %zu bytes total\n",
	    a->file, a->count, a->count == 1 ? "" : "es", a->longest,
	    a->total);
	if (a->problem_count == 0)
		return EX_OK;
	return a->failed.code != 0 ? EX_OSERR : EX_DATAERR;
}

int
aliasing_check(const struct conf *conf)
{
	struct aliases aliases;
	int code = EX_OK;

	aliases_init(&aliases, file(conf), conf->aliases == NULL, conf->root);
	aliases_load(&aliases);
	if (aliases.file == NULL)
		(void)printf("off: no aliases\n");
	else if (aliases.unopened == EX_NOINPUT && aliases.optional)
		(void)printf("%s: no aliases\n", aliases.file);
	else {
		print(&aliases);
		code = aliases.unopened != 0 ? aliases.unopened :
		    report(&aliases);
	}
	aliases_free(&aliases);
	return code;
}

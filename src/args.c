/* SPDX-License-Identifier: ISC */
/*
 * Takes the command line apart.  An option that means nothing here is still
 * taken with its value, so that no value is ever mistaken for a recipient.
 * getopt(3) is not used because its wording differs between C libraries and
 * callers look at it.
 */
#include <string.h>

#include "args.h"
#include "base/str.h"
#include "option.h"

/* The next argument as an option's value, or NULL. */
static const char *
next_value(char *argv[], int argc, int *i)
{
	return *i + 1 < argc ? argv[++*i] : NULL;
}

/* One word of clustered letters, without its "-". */
static int
parse_cluster(struct args *a, int argc, char *argv[], int *i, struct fault *f)
{
	for (const char *p = argv[*i] + 1; *p != '\0'; p++) {
		const struct option *o = option_find((struct str){ p, 1 });
		const char *value = p + 1;

		if (o == NULL)
			return fault(f, EX_USAGE, "invalid option -- '%c'", *p);
		if (o->takes == 0) {
			if (o->set(o, a, NULL, f) != 0)
				return -1;
			continue;
		}
		if (o->takes == ':' && *value == '\0')
			value = next_value(argv, argc, i);
		if (value == NULL)
			return fault(f, EX_USAGE,
			    "option requires an argument -- '%c'", *p);
		return o->set(o, a, value, f);
	}
	return 0;
}

/*
 * "--name", "--name value" or "--name=value".  A configuration can name
 * programs to run: many callers put what a stranger gave them behind other
 * words, or let it be a single one (CVE-2016-10033), and neither may lead to
 * one.
 */
static int
parse_long(struct args *a, int argc, char *argv[], int *i, struct fault *f)
{
	struct str rest = str_of(argv[*i] + 2), name;
	const struct option *o;
	const char *value;

	(void)str_cut(&rest, '=', &name);
	value = rest.p;
	o = name.n > 1 ? option_find(name) : NULL;
	if (o == NULL)
		return fault(f, EX_USAGE, "unrecognized option '%s'", argv[*i]);
	if (o->takes == 0 && value != NULL)
		return fault(f, EX_USAGE,
		    "option '--%s' doesn't allow an argument", o->name);
	if (strcmp(o->name, "config") == 0 && (*i != 1 || value != NULL))
		return fault(f, EX_USAGE, "option '--config' must be the very "
		    "first word, and its file the second");
	if (o->takes == ':' && value == NULL)
		value = next_value(argv, argc, i);
	if (o->takes == ':' && value == NULL)
		return fault(f, EX_USAGE, "option '--%s' requires an argument",
		    o->name);
	return o->set(o, a, value, f);
}

/* A line break in an argument is an attempt to smuggle a command or field. */
static int
refuse_line_breaks(int argc, char *argv[], struct fault *f)
{
	for (int i = 1; i < argc; i++)
		if (strpbrk(argv[i], "\r\n") != NULL)
			return fault(f, EX_DATAERR,
			    "argument %d: line break in it: %s", i, argv[i]);
	return 0;
}

/* The name the program is called by may say what to do. */
static void
take_name(struct args *a, const char *name)
{
	const char *slash = strrchr(name, '/');

	a->program = slash == NULL ? name : slash + 1;
	if (strcmp(a->program, "mailq") == 0)
		a->mode = MODE_LIST;
	else if (strcmp(a->program, "newaliases") == 0)
		a->mode = MODE_ALIASES;
}

int
args_parse(struct args *a, int argc, char *argv[], struct fault *f)
{
	int kept = argc > 0 ? 1 : 0, status = 0;
	bool ended = false;

	*a = (struct args){ .rcpt = argv + kept };
	take_name(a, argc > 0 ? argv[0] : "sendmail");
	if (refuse_line_breaks(argc, argv, f) != 0)
		return -1;
	for (int i = 1; i < argc && status == 0; i++) {
		if (ended || argv[i][0] != '-' || argv[i][1] == '\0')
			argv[kept++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			ended = true;
		else if (argv[i][1] == '-')
			status = parse_long(a, argc, argv, &i, f);
		else
			status = parse_cluster(a, argc, argv, &i, f);
	}
	a->count = argc > 0 ? kept - 1 : 0;
	/* Never where there may be a mail to be sent. */
	if (a->debug && a->count == 0 && !a->from_header &&
	    (a->mode == MODE_SEND || a->mode == MODE_NOTHING))
		a->mode = MODE_SETTINGS;
	return status;
}

bool
args_sends(const struct args *a)
{
	return a->mode == MODE_SEND || a->mode == MODE_SERVE ||
	    a->mode == MODE_VERIFY || a->mode == MODE_RUN ||
	    a->mode == MODE_DRAIN ||
	    a->mode == MODE_CHECK;
}

/* SPDX-License-Identifier: ISC */
/*
 * The command line: the union of what sendmail 8, Postfix and OpenSMTPD take.
 * An option that means nothing here is still taken with its value, so that no
 * value is ever mistaken for a recipient.  getopt(3) is not used because its
 * wording differs between C libraries and callers look at it.
 */
#include <string.h>
#include <strings.h>

#include "args.h"

const struct option_row option_table[] = {
	{ 'A', ':', "choose submit.cf or sendmail.cf: ignored" },
	{ 'B', ':', "body type: 7BIT or 8BITMIME" },
	{ 'C', ':', "configuration file, as --config" },
	{ 'D', ':', "debug log file: ignored" },
	{ 'E', '?', "ignored" },
	{ 'F', ':', "full name of the sender" },
	{ 'G', 0, "message comes from a gateway: ignored" },
	{ 'I', 0, "check the aliases, as -bi" },
	{ 'J', '?', "ignored" },
	{ 'L', ':', "log tag: ignored" },
	{ 'M', ':', "macro: ignored" },
	{ 'N', ':', "delivery status notifications wanted: "
	    "never, or success,failure,delay" },
	{ 'O', ':', "option=value: ignored" },
	{ 'Q', '?', "quarantine: ignored" },
	{ 'R', ':', "how much a notification returns: full or hdrs" },
	{ 'T', 0, "ignored" },
	{ 'U', 0, "initial submission: ignored" },
	{ 'V', ':', "envelope identifier for notifications" },
	{ 'X', ':', "traffic log file: ignored" },
	{ 'b', ':', "mode: m send, s SMTP on stdin, p list queue, "
	    "v verify, i check aliases" },
	{ 'c', 0, "ignored" },
	{ 'd', '?', "debug level: ignored" },
	{ 'e', '?', "how errors are reported: ignored" },
	{ 'f', ':', "envelope sender" },
	{ 'h', ':', "hop count: ignored" },
	{ 'i', 0, "a line with only a dot is text" },
	{ 'm', 0, "send to me too: ignored" },
	{ 'n', 0, "no aliasing" },
	{ 'o', ':', "option: i as -i, others ignored" },
	{ 'p', ':', "protocol and host of origin: ignored" },
	{ 'q', '?', "deliver what is queued" },
	{ 'r', ':', "envelope sender, as -f" },
	{ 's', 0, "ignored" },
	{ 't', 0, "take recipients from To, Cc and Bcc" },
	{ 'v', 0, "show the dialogue on standard error" },
	{ 'x', 0, "ignored" },
	{ 0, 0, NULL }
};

static int
set_mode(struct args *a, const char *value, struct fault *f)
{
	switch (value[0]) {
	case 'm':
		a->mode = MODE_SEND;
		break;
	case 's':
		a->mode = MODE_SERVE;
		break;
	case 'v':
		a->mode = MODE_VERIFY;
		break;
	case 'p':
		a->mode = MODE_LIST;
		break;
	case 'i':
		a->mode = MODE_ALIASES;
		break;
	case 'a': case 'd': case 'D': case 'h': case 'H': case 'P': case 't':
		a->mode = MODE_NOTHING;
		break;
	default:
		return fault(f, EX_USAGE, "invalid option value -- 'b%s'",
		    value);
	}
	return 0;
}

static int
apply(struct args *a, char letter, const char *value, struct fault *f)
{
	switch (letter) {
	case 'B':
		a->eightbit = strcasecmp(value, "8BITMIME") == 0;
		break;
	case 'C':
		a->config = value;
		break;
	case 'F':
		a->name = value;
		break;
	case 'I':
		a->mode = MODE_ALIASES;
		break;
	case 'N':
		a->notify = value;
		break;
	case 'R':
		a->ret = value;
		break;
	case 'V':
		a->envid = value;
		break;
	case 'b':
		return set_mode(a, value, f);
	case 'f': case 'r':
		a->sender = value;
		break;
	case 'i':
		a->dots = true;
		break;
	case 'n':
		a->no_alias = true;
		break;
	case 'o':
		a->dots |= strcmp(value, "i") == 0;
		a->from_header |= strcmp(value, "t") == 0;
		break;
	case 'q':
		a->mode = MODE_RUN;
		break;
	case 't':
		a->from_header = true;
		break;
	case 'v':
		a->verbose = true;
		break;
	}
	return 0;
}

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
		const struct option_row *row = option_table;
		const char *value = p + 1;

		while (row->letter != 0 && row->letter != *p)
			row++;
		if (row->letter == 0)
			return fault(f, EX_USAGE, "invalid option -- '%c'", *p);
		if (row->takes == 0) {
			if (apply(a, *p, NULL, f) != 0)
				return -1;
			continue;
		}
		if (row->takes == ':' && *value == '\0')
			value = next_value(argv, argc, i);
		if (value == NULL)
			return fault(f, EX_USAGE,
			    "option requires an argument -- '%c'", *p);
		return apply(a, *p, value, f);
	}
	return 0;
}

static int
parse_long(struct args *a, int argc, char *argv[], int *i, struct fault *f)
{
	const char *name = argv[*i] + 2;

	if (strcmp(name, "config") == 0) {
		a->config = next_value(argv, argc, i);
		if (a->config == NULL)
			return fault(f, EX_USAGE,
			    "option '--config' requires an argument");
	} else if (strncmp(name, "config=", 7) == 0)
		a->config = name + 7;
	else if (strcmp(name, "dry-run") == 0)
		a->dry_run = true;
	else if (strcmp(name, "help") == 0)
		a->mode = MODE_HELP;
	else if (strcmp(name, "version") == 0)
		a->mode = MODE_VERSION;
	else
		return fault(f, EX_USAGE, "unrecognized option '--%s'", name);
	return 0;
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

int
args_parse(struct args *a, int argc, char *argv[], struct fault *f)
{
	const char *slash;
	int i = 1;

	*a = (struct args){ .program = argc > 0 ? argv[0] : "sendmail" };
	slash = strrchr(a->program, '/');
	if (slash != NULL)
		a->program = slash + 1;
	if (strcmp(a->program, "mailq") == 0)
		a->mode = MODE_LIST;
	else if (strcmp(a->program, "newaliases") == 0)
		a->mode = MODE_ALIASES;
	for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (argv[i][1] == '-' ? parse_long(a, argc, argv, &i, f) != 0 :
		    parse_cluster(a, argc, argv, &i, f) != 0)
			return -1;
	}
	a->rcpt = argv + i;
	a->count = argc - i;
	return refuse_line_breaks(argc, argv, f);
}

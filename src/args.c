/* SPDX-License-Identifier: ISC */
/*
 * The command line: the union of what sendmail 8, Postfix and OpenSMTPD take.
 * An option that means nothing here is still taken with its value, so that no
 * value is ever mistaken for a recipient.  getopt(3) is not used because its
 * wording differs between C libraries and callers look at it.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "args.h"

const struct option_row option_table[] = {
	{ 'A', ':', "choose submit.cf or sendmail.cf: ignored" },
	{ 'B', ':', "body type: 7BIT or 8BITMIME" },
	{ 'C', ':', "configuration file: ignored, see --config" },
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
	{ 'e', '?', "how errors are reported: q keeps no dead.letter" },
	{ 'f', ':', "envelope sender" },
	{ 'h', ':', "hop count: ignored" },
	{ 'i', 0, "a line with only a dot is text" },
	{ 'j', 0, "with -bp and mailq: list as JSON" },
	{ 'm', 0, "send to me too: ignored" },
	{ 'n', 0, "no aliasing" },
	{ 'o', ':', "option: i as -i, di db dq deliver now, in the "
	    "background, later, eq as -eq" },
	{ 'p', ':', "protocol and host of origin: ignored" },
	{ 'q', '?', "deliver what is queued: all, again after each time "
	    "(15m), or I: id, R: recipient, S: sender" },
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

/* "15m", "1h30m", a bare number is minutes; 0 for anything else. */
static int64_t
interval(const char *text)
{
	static const char units[] = "smhdw";
	static const int64_t seconds[] = { 1, 60, 60 * 60, 24 * 60 * 60,
	    7 * 24 * 60 * 60 };
	int64_t total = 0;

	while (*text != '\0') {
		const char *unit = "m";
		int64_t n = 0;

		if (*text < '0' || *text > '9')
			return 0;
		for (; *text >= '0' && *text <= '9' && n < 100000; text++)
			n = n * 10 + (*text - '0');
		if (*text != '\0' && (unit = strchr(units, *text++)) == NULL)
			return 0;
		total += n * seconds[strchr(units, *unit) - units] * 1000;
	}
	return total;
}

static int
set_run(struct args *a, const char *value, struct fault *f)
{
	const char *rest = value;

	a->mode = MODE_RUN;
	if (*rest == 'f' || *rest == 'p')	/* foreground, persistent */
		rest++;
	switch (*rest) {
	case '\0':
		return 0;
	case 'I':
		a->run_id = rest + 1;
		return 0;
	case 'R':
		a->run_rcpt = rest + 1;
		return 0;
	case 'S':
		a->run_sender = rest + 1;
		return 0;
	default:
		a->run_interval = interval(rest);
		return a->run_interval > 0 ? 0 : fault(f, EX_USAGE,
		    "invalid option value -- 'q%s'", value);
	}
}

static void
set_option(struct args *a, const char *value)
{
	a->dots |= strcmp(value, "i") == 0;
	a->from_header |= strcmp(value, "t") == 0;
	a->quiet |= strcmp(value, "eq") == 0;
	if (value[0] == 'd' && (value[1] == 'i' || value[1] == 'b' ||
	    value[1] == 'q'))
		a->delivery = value[1];
}

static int
apply(struct args *a, char letter, const char *value, struct fault *f)
{
	switch (letter) {
	case 'B':
		a->eightbit = strcasecmp(value, "8BITMIME") == 0;
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
	case 'e':
		a->quiet |= strcmp(value, "q") == 0;
		break;
	case 'f': case 'r':
		a->sender = value;
		break;
	case 'i':
		a->dots = true;
		break;
	case 'j':
		a->json = true;
		break;
	case 'n':
		a->no_alias = true;
		break;
	case 'o':
		set_option(a, value);
		break;
	case 'q':
		return set_run(a, value, f);
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

/*
 * Options of our own; the mode is set, the value goes to where it belongs.  A
 * configuration can name programs to run: many callers put what a stranger
 * gave them behind other words, or let it be a single one (CVE-2016-10033),
 * and neither may lead to one.
 */
static const struct long_row {
	const char	*name;
	enum mode	 mode;
	size_t		 value;		/* in struct args; 0: takes none */
} long_table[] = {
	{ "config", MODE_SEND, offsetof(struct args, config) },
	{ "delete", MODE_DELETE, offsetof(struct args, id) },
	{ "dry-run", MODE_SEND, 0 },
	{ "help", MODE_HELP, 0 },
	{ "hold", MODE_HOLD, offsetof(struct args, id) },
	{ "release", MODE_RELEASE, offsetof(struct args, id) },
	{ "version", MODE_VERSION, 0 },
	{ NULL, MODE_SEND, 0 }
};

/* "--name", "--name value" or "--name=value". */
static int
parse_long(struct args *a, int argc, char *argv[], int *i, struct fault *f)
{
	const char *name = argv[*i] + 2, *value = strchr(name, '=');
	size_t n = value == NULL ? strlen(name) : (size_t)(value - name);
	const struct long_row *row = long_table;

	while (row->name != NULL && (strlen(row->name) != n ||
	    strncmp(row->name, name, n) != 0))
		row++;
	if (row->name == NULL || (row->value == 0 && value != NULL))
		return fault(f, EX_USAGE, "unrecognized option '--%s'", name);
	if (row->value == offsetof(struct args, config) &&
	    (*i != 1 || value != NULL))
		return fault(f, EX_USAGE, "option '--config' must be the very "
		    "first word, and its file the second");
	if (row->value != 0) {
		value = value != NULL ? value + 1 : next_value(argv, argc, i);
		if (value == NULL)
			return fault(f, EX_USAGE,
			    "option '--%s' requires an argument", name);
		*(const char **)(void *)((char *)a + row->value) = value;
	}
	a->dry_run |= strcmp(row->name, "dry-run") == 0;
	if (row->mode != MODE_SEND)
		a->mode = row->mode;
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

bool
args_sends(const struct args *a)
{
	return a->mode == MODE_SEND || a->mode == MODE_SERVE ||
	    a->mode == MODE_VERIFY || a->mode == MODE_RUN;
}

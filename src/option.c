/* SPDX-License-Identifier: ISC */
/*
 * The table of options, from which --help and the manual page are checked,
 * and what each does: the union of sendmail 8, Postfix and OpenSMTPD.  What
 * would make sendmail write or read a file does nothing here and is noted
 * (CVE-2016-10033).
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "option.h"

static setter ignore, note, set_flag, set_text, set_mode, set_body, set_hops,
    set_debug, set_errors, set_run, set_short, set_long, be_mode;

/* Far more than are let through. */
enum { HOPS_MAX = 9999 };

#define AT(field)	offsetof(struct args, field)

const struct option options[] = {
	{ "A", ':', "c", "ignored", ignore, 0 },
	{ "B", ':', "type", "body type: 7BIT or 8BITMIME", set_body, 0 },
	{ "C", ':', "file", "ignored, see --config", note, 0 },
	{ "D", ':', "file", "ignored: nothing is written", note, 0 },
	{ "E", '?', "x", "ignored", ignore, 0 },
	{ "F", ':', "name", "full name of the sender", set_text,
	    AT(claim.name) },
	{ "G", 0, NULL, "from a gateway: header not completed", set_flag,
	    AT(claim.gateway) },
	{ "I", 0, NULL, "check the aliases, as -bi", be_mode, MODE_ALIASES },
	{ "J", '?', "x", "ignored", ignore, 0 },
	{ "L", ':', "tag", "name in the log", set_text, AT(tag) },
	{ "M", ':', "macro", "ignored", ignore, 0 },
	{ "N", ':', "dsn", "notifications: never, or of "
	    "success,failure,delay", set_text, AT(notify) },
	{ "O", ':', "option=value", "DeliveryMode, ErrorMode, IgnoreDots as "
	    "-o; DeliverBy, MtPriority, RequireTLS, SMTPUTF8; others ignored",
	    set_long, 0 },
	{ "Q", '?', "reason", "ignored", ignore, 0 },
	{ "R", ':', "return", "what notifications return: full or hdrs",
	    set_text, AT(ret) },
	{ "S", 0, NULL, "ignored", ignore, 0 },
	{ "T", 0, NULL, "ignored", ignore, 0 },
	{ "U", 0, NULL, "ignored: UTF-8 is recognised", ignore, 0 },
	{ "V", ':', "envid", "envelope identifier for notifications",
	    set_text, AT(envid) },
	{ "X", ':', "file", "ignored: nothing is written", note, 0 },
	{ "b", ':', "mode", "m: send (default), s: SMTP on standard input, "
	    "p: list the queue, v: verify addresses, i: check the aliases",
	    set_mode, 0 },
	{ "c", 0, NULL, "ignored", ignore, 0 },
	{ "d", '?', "level", "0, without recipients: show versions and "
	    "settings; else ignored", set_debug, 0 },
	{ "e", ':', "errors", "q: print no messages, keep no dead.letter; "
	    "p, m, w, e: print messages",
	    set_errors, 0 },
	{ "f", ':', "sender", "envelope sender", set_text, AT(claim.sender) },
	{ "h", ':', "hops", "mail servers passed so far, at most 100",
	    set_hops, 0 },
	{ "i", 0, NULL, "a line with only a dot is text", set_flag,
	    AT(dots) },
	{ "j", 0, NULL, "with -bp and mailq: list as JSON", set_flag,
	    AT(json) },
	{ "m", 0, NULL, "ignored", ignore, 0 },
	{ "n", 0, NULL, "no aliasing", set_flag, AT(no_alias) },
	{ "o", ':', "option", "i: as -i, t: as -t, eX: as -e X, dX: deliver "
	    "now (i), in background (b), queue only (q); others ignored",
	    set_short, 0 },
	{ "p", ':', "protocol", "ignored", ignore, 0 },
	{ "q", '?', "what", "deliver what is queued: all, again after each "
	    "time (15m), or I: id, R: recipient, S: sender", set_run, 0 },
	{ "r", ':', "sender", "envelope sender, as -f", set_text,
	    AT(claim.sender) },
	{ "s", 0, NULL, "ignored", ignore, 0 },
	{ "t", 0, NULL, "take recipients from To, Cc and Bcc", set_flag,
	    AT(from_header) },
	{ "v", 0, NULL, "show the dialogue on standard error", set_flag,
	    AT(verbose) },
	{ "x", 0, NULL, "ignored", ignore, 0 },
	{ "check", 0, NULL, "examine what a mail to the one recipient, or "
	    "root, needs; send none", be_mode, MODE_CHECK },
	{ "config", ':', "file", "first word only: read this configuration",
	    set_text, AT(config) },
	{ "delete", ':', "id", "remove a message from the queue", be_mode,
	    MODE_DELETE },
	{ "drain", 0, NULL, "deliver what is due in the queue, for timers",
	    be_mode, MODE_DRAIN },
	{ "dry-run", 0, NULL, "print envelope and header, send nothing",
	    set_flag, AT(dry_run) },
	{ "help", 0, NULL, "print this text", be_mode, MODE_HELP },
	{ "hold", ':', "id", "keep a queued message from being tried", be_mode,
	    MODE_HOLD },
	{ "json", 0, NULL, "with --check and --stats: print a JSON object",
	    set_flag, AT(json) },
	{ "import", 0, NULL, "print the settings of another mail program as "
	    "ours; its file is the argument", be_mode, MODE_IMPORT },
	{ "release", ':', "id", "try a message again that was held or given "
	    "up", be_mode, MODE_RELEASE },
	{ "send", 0, NULL, "with --check: send a test message", set_flag,
	    AT(test_send) },
	{ "stats", 0, NULL, "print the queue in numbers", be_mode,
	    MODE_STATS },
	{ "version", 0, NULL, "print the versions of program and libraries",
	    be_mode, MODE_VERSION },
	{ "", 0, NULL, NULL, NULL, 0 }
};

static int
ignore(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	(void)o;
	(void)a;
	(void)value;
	(void)f;
	return 0;
}

/* For the log: who passes this on may be under attack. */
static int
note(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	(void)f;
	if (a->inert_count < ARGS_INERT) {
		a->inert[a->inert_count].name = o->name;
		a->inert[a->inert_count++].value = value;
	}
	return 0;
}

static void *
place(const struct option *o, struct args *a)
{
	return (char *)a + o->at;
}

static int
set_flag(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	(void)value;
	(void)f;
	*(bool *)place(o, a) = true;
	return 0;
}

static int
set_text(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	(void)f;
	*(const char **)place(o, a) = value;
	return 0;
}

/* An option that is a mode; its value is the name of a queued message. */
static int
be_mode(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	(void)f;
	a->mode = (enum mode)o->at;
	a->id = value;
	return 0;
}

static int
bad_value(const struct option *o, const char *value, struct fault *f)
{
	return fault(f, EX_USAGE, "invalid option value -- '%s%s'", o->name,
	    value);
}

static int
set_mode(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	static const char letters[] = "msvpiadDhHPt";
	static const enum mode modes[] = { MODE_SEND, MODE_SERVE, MODE_VERIFY,
	    MODE_LIST, MODE_ALIASES };
	const char *at = strchr(letters, value[0]);
	size_t i = at == NULL ? 0 : (size_t)(at - letters);

	/* Exim expands strings, and with them runs programs. */
	if (value[0] == 'e')
		return note(o, a, value, f);
	if (value[0] == '\0' || at == NULL)
		return bad_value(o, value, f);
	a->mode = i < sizeof(modes) / sizeof(modes[0]) ? modes[i] :
	    MODE_NOTHING;
	a->id = value;
	return 0;
}

static int
set_body(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	a->eightbit = str_ieq(str_of(value), STR("8BITMIME"));
	return a->eightbit || str_ieq(str_of(value), STR("7BIT")) ? 0 :
	    bad_value(o, value, f);
}

static int
set_hops(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	char *end;
	long hops = strtol(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0')
		return bad_value(o, value, f);
	a->claim.hops = hops > HOPS_MAX ? HOPS_MAX : (int)hops;
	return 0;
}

/* As in sendmail, no level at all includes level 0. */
static int
set_debug(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	(void)o;
	(void)f;
	a->debug |= value[0] == '\0' ||
	    (value[0] == '0' && (value[1] < '0' || value[1] > '9'));
	return 0;
}

/* Mail is never sent about mail: m, w and e print, as p does. */
static int
set_errors(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	(void)o;
	(void)f;
	a->quiet = value[0] == 'q';
	return 0;
}

/* Deferred, sendmail's "d", is queued too. */
static void
set_delivery(struct args *a, const char *value)
{
	if (value[0] == 'd')
		a->delivery = 'q';
	else if (value[0] != '\0' && strchr("ibq", value[0]) != NULL)
		a->delivery = value[0];
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
set_run(const struct option *o, struct args *a, const char *value,
    struct fault *f)
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
		return a->run_interval > 0 ? 0 : bad_value(o, value, f);
	}
}

/* -o: a letter and its value.  More letters are in use than are known here. */
static int
set_short(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	switch (value[0]) {
	case 'Q':
		return note(o, a, value, f);
	case 'd':
		set_delivery(a, value + 1);
		break;
	case 'e':
		return set_errors(o, a, value + 1, f);
	case 'i':
		a->dots |= value[1] != 'f' && value[1] != 'F';
		break;
	case 't':
		a->from_header = true;
		break;
	}
	return 0;
}

/* -O: the same with names. */
static int
set_long(const struct option *o, struct args *a, const char *value,
    struct fault *f)
{
	struct str rest = str_of(value), name;

	(void)str_cut(&rest, '=', &name);
	name = str_trim(name);
	/* It ends where the argument does. */
	rest = str_trim(rest);
	if (rest.p == NULL)
		rest.p = "";
	if (str_ieq(name, STR("DeliveryMode")))
		set_delivery(a, rest.p);
	else if (str_ieq(name, STR("ErrorMode")))
		a->quiet = rest.p[0] == 'q';
	else if (str_ieq(name, STR("IgnoreDots")))
		a->dots |= rest.p[0] != 'f' && rest.p[0] != 'F';
	else if (str_ieq(name, STR("DeliverBy")))
		a->by = rest.p;
	else if (str_ieq(name, STR("MtPriority")))
		a->priority = rest.p;
	else if (str_ieq(name, STR("RequireTLS")))
		a->tls = rest.p[0] != 'f' && rest.p[0] != 'n';
	else if (str_ieq(name, STR("SMTPUTF8")))
		a->utf8 = rest.p[0] != 'f' && rest.p[0] != 'n';
	else
		return note(o, a, value, f);
	return 0;
}

const struct option *
option_find(struct str name)
{
	for (const struct option *o = options; o->name[0] != '\0'; o++)
		if (o->name[0] == name.p[0] && str_eq(name, str_of(o->name)))
			return o;
	return NULL;
}

/* The text behind column COLUMN, folded to lines of at most WIDTH. */
static void
print_folded(const char *text, int at)
{
	enum { COLUMN = 22, WIDTH = 79 };
	struct str rest = str_of(text), word;

	while (str_word(&rest, &word)) {
		bool fold = at + (int)word.n >= WIDTH;

		if (fold || at < COLUMN) {
			(void)printf("%s%*s", fold ? "\n" : "",
			    COLUMN - (fold ? 0 : at), "");
			at = COLUMN;
		}
		(void)printf("%s%.*s", at > COLUMN ? " " : "", STR_ARG(word));
		at += (int)word.n + (at > COLUMN ? 1 : 0);
	}
	(void)putchar('\n');
}

void
option_help(void)
{
	(void)printf("usage: sendmail [-itv] [-F name] [-f sender] "
	    "[recipient ...]\n\n");
	for (const struct option *o = options; o->name[0] != '\0'; o++) {
		const char *value = o->value == NULL ? "" : o->value;

		print_folded(o->help, printf("  %s%s%s%s%s",
		    o->name[1] == '\0' ? "-" : "--", o->name,
		    o->takes == ':' ? " " : o->takes == '?' ? "[" : "", value,
		    o->takes == '?' ? "]" : ""));
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * Loads configurations and prints what is in force where it differs from the
 * default.
 *
 *   conf [-p] [-s SYSTEM] [-f FILE]	-p: as if set-group-id
 *   conf -t			table of cases on stdin, vis(3) form:
 *	== TITLE	starts a case; the line is printed
 *	+NAME=VALUE	environment
 *	|TEXT		line of the file, given as "conf"
 *	~TEXT		the same without a line end
 *	p		as if set-group-id
 */
#include <sys/prctl.h>
#include <sys/stat.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/conf.h"
#include "config/keyword.h"
#include "lines.h"

enum { VALUE_MAX = 32 * 1024 };

static const char *const channels[] = { "never", "offered", "starttls",
	"implicit" };

/* The value at base as text. */
static void
render(const struct keyword *k, const void *base, char text[VALUE_MAX])
{
	const void *at = (const char *)base + k->offset;
	struct str rest = str_of(k->choices), word;
	const char *string = "-";
	int64_t ms = k->type == KEYWORD_DURATION ? *(const int64_t *)at : 0;

	if (keyword_is_string(k) && *(char *const *)at != NULL)
		string = *(char *const *)at;
	(void)snprintf(text, VALUE_MAX, "%s", string);
	if (k->type == KEYWORD_YESNO)
		(void)snprintf(text, VALUE_MAX, *(const bool *)at ? "yes" :
		    "no");
	if (k->type == KEYWORD_DURATION)
		(void)snprintf(text, VALUE_MAX, "%" PRId64 "ms", ms);
	if (k->type == KEYWORD_SIZE)
		(void)snprintf(text, VALUE_MAX, "%" PRIu64,
		    *(const uint64_t *)at);
	if (k->type == KEYWORD_VERSION)
		(void)snprintf(text, VALUE_MAX, "%d", *(const int *)at);
	for (int i = 0; k->type == KEYWORD_CHOICE && str_word(&rest, &word);
	    i++)
		if (i == *(const int *)at)
			(void)snprintf(text, VALUE_MAX, "%.*s", STR_ARG(word));
}

static void
show(const void *base, bool per_relay, const char *indent)
{
	static char text[VALUE_MAX], standard[VALUE_MAX], safe[VALUE_MAX];
	struct conf defaults;
	struct fault f;

	for (const struct keyword *k = keywords; k->name != NULL; k++) {
		memset(&defaults, 0, sizeof(defaults));
		if (k->per_relay != per_relay || k->type == KEYWORD_RELAY)
			continue;
		if (k->standard != NULL && keyword_set(k, per_relay ?
		    (void *)&defaults.defaults : &defaults, k->standard,
		    &f) == -1)
			errx(1, "%s: default: %s", k->name, f.text);
		render(k, per_relay ? (void *)&defaults.defaults : &defaults,
		    standard);
		if (keyword_is_string(k))
			free(*(char **)(void *)((per_relay ?
			    (char *)&defaults.defaults : (char *)&defaults) +
			    k->offset));
		render(k, base, text);
		str_escape(safe, sizeof(safe), str_of(text));
		if (strcmp(text, standard) != 0)
			printf("%s%s {%s}\n", indent, k->name, safe);
	}
}

static void
show_all(const struct conf *c)
{
	const struct relay *r;

	show(c, false, "");
	show(&c->defaults, true, "default ");
	STAILQ_FOREACH(r, &c->relays, next) {
		if (r->kind == RELAY_MAILDIR)
			printf("relay %s: maildir {%s}", r->url, r->path);
		else
			printf("relay %s: {%s} port %u, TLS %s", r->url,
			    r->host, r->port, channels[r->tls]);
		if (r->line > 0)
			printf(" (line %u)", r->line);
		putchar('\n');
		show(r, true, "  ");
	}
}

static int
load(const struct conf_source *source)
{
	struct conf c;
	struct buf errors;
	struct fault f = { 0 };
	int code;

	buf_init(&errors, 64 * 1024);
	code = conf_load(&c, source, &errors, &f);
	if (errors.n > 0)
		fwrite(errors.p, 1, errors.n, stdout);
	if (code == 0)
		show_all(&c);
	else
		printf("%d %s\n", f.code, f.text);
	if ((code == -1) != (f.code != 0))
		errx(1, "fault %d, result %d", f.code, code);
	buf_free(&errors);
	conf_free(&c);
	return f.code;
}

static void
clear_environment(void)
{
	if (clearenv() != 0)
		err(1, "clearenv");
}

/* One line of the table; an open file is one that has text to come. */
static void
take(char *line, FILE **file, bool *privileged)
{
	const struct str text = lines_decode(line);
	char *value;

	switch (line[0]) {
	case '+':
		if ((value = strchr(line, '=')) == NULL)
			errx(1, "%s: no =", line);
		*value++ = '\0';
		if (setenv(line + 1, value, 1) != 0)
			err(1, "setenv");
		break;
	case '|':
	case '~':
		if (*file == NULL && (*file = fopen("conf", "w")) == NULL)
			err(1, "conf");
		fwrite(line + 1, 1, text.n - 1, *file);
		if (line[0] == '|')
			putc('\n', *file);
		break;
	case 'p':
		*privileged = true;
		break;
	default:
		errx(1, "%s: unknown line", line);
	}
}

static void
finish(FILE **file, bool *privileged)
{
	struct conf_source source = { .privileged = *privileged };

	if (*file != NULL && fclose(*file) != 0)
		err(1, "conf");
	/* Without a file the environment must do. */
	if (*file == NULL)
		source.system = "missing";
	else if (*privileged)
		source.system = "conf";
	else
		source.file = "conf";
	(void)load(&source);
	(void)unlink("conf");
	*file = NULL;
	*privileged = false;
	clear_environment();
}

static int
table(void)
{
	char directory[] = "/tmp/conf.XXXXXX", *line;
	bool privileged = false, started = false;
	FILE *file = NULL;

	if (mkdtemp(directory) == NULL || chdir(directory) == -1)
		err(1, "%s", directory);
	clear_environment();
	while ((line = lines_read()) != NULL) {
		if (strncmp(line, "== ", 3) == 0) {
			if (started)
				finish(&file, &privileged);
			started = true;
			puts(line);
		} else if (line[0] != '\0') {
			take(line, &file, &privileged);
		}
	}
	finish(&file, &privileged);
	return rmdir(directory);
}

int
main(int argc, char *argv[])
{
	struct conf_source source = { 0 };
	bool from_table = false;
	int option, status;

	while ((option = getopt(argc, argv, "f:ps:t")) != -1) {
		if (option == 'f')
			source.file = optarg;
		else if (option == 's')
			source.system = optarg;
		else if (option == 'p')
			source.privileged = true;
		else if (option == 't')
			from_table = true;
		else
			return 64;
	}
	(void)umask(077);
	status = from_table ? table() : load(&source);
	/* The leak checker cannot look into a set-group-id process. */
	if (setresgid(getgid(), getgid(), getgid()) == -1 ||
	    prctl(PR_SET_DUMPABLE, 1) == -1)
		err(1, "dropping the group");
	return status;
}

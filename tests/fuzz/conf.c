/* SPDX-License-Identifier: ISC */
/*
 * A configuration file from any bytes, and behind an octet 1E what the
 * environment says.  Either they are understood, with at least one relay that
 * has all its parts, or there is a reason; no error says more than its line,
 * and everything that was allocated is freed.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VARIABLES = 50 };

static void
check_relays(const struct conf *c, const struct conf_source *source)
{
	const struct relay *r;

	assert(source->alone || !STAILQ_EMPTY(&c->relays));
	assert(c->max_message_size > 0);
	STAILQ_FOREACH(r, &c->relays, next) {
		assert(r->url != NULL && !r->flawed);
		assert(r->line > 0 || !source->privileged);
		assert((r->kind == RELAY_MAILDIR) == (r->path != NULL));
		assert((r->kind == RELAY_MAILDIR) == (r->host == NULL));
		assert(r->kind != RELAY_SMTP || r->port != 0 ||
		    r->host[0] == '/');
		assert((r->tls_cert == NULL) == (r->tls_key == NULL));
		assert(r->tls_min == 12 || r->tls_min == 13);
		assert(r->timeout.connect > 0 && r->timeout.greeting > 0 &&
		    r->timeout.command > 0 && r->timeout.data > 0 &&
		    r->timeout.block > 0 && r->timeout.dot > 0);
	}
}

/* Every line is printable and starts with the name of the file or variable. */
static void
check_errors(const struct buf *errors, const char *name)
{
	struct str rest = buf_view(errors), line;

	while (rest.n > 0 && str_cut(&rest, '\n', &line)) {
		assert(str_istarts(line, str_of(name)) ||
		    str_istarts(line, STR("SENDLET_")));
		for (size_t i = 0; i < line.n; i++)
			assert(line.p[i] >= ' ' && line.p[i] <= '~');
	}
}

static void
load(const struct conf_source *source, const char *name)
{
	struct conf c;
	struct buf errors;
	struct fault f = { 0 };

	buf_init(&errors, 256 * 1024);
	if (conf_load(&c, source, &errors, &f) == 0) {
		assert(errors.n == 0 && f.code == 0);
		check_relays(&c, source);
	} else {
		/* Only who named the file may not say what to run. */
		assert(f.text[0] != '\0' && (f.code == EX_CONFIG ||
		    (f.code == EX_NOPERM && source->file != NULL)));
		check_errors(&errors, name);
	}
	conf_free(&c);
	buf_free(&errors);
}

/* The variables that the lines of text are; text ends with a NUL. */
static void
set_environment(char *text, char *variables[VARIABLES])
{
	size_t count = 0;
	char *line;

	while ((line = strsep(&text, "\n")) != NULL && count + 1 < VARIABLES)
		if (strncmp(line, "SENDLET_", 8) == 0 ||
		    strncmp(line, "HOME=", 5) == 0 ||
		    strncmp(line, "XDG_CONFIG_HOME=", 16) == 0)
			variables[count++] = line;
	variables[count] = NULL;
	environ = variables;
}

static void
load_with(const char *name, struct str text)
{
	const struct conf_source named = { .file = name },
	    usual = { .system = name, .alone = true };
	char *variables[VARIABLES], **outside = environ;
	char *copy = strndup(text.p, text.n);

	assert(copy != NULL);
	set_environment(copy, variables);
	load(&usual, name);
	load(&named, name);
	environ = outside;
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[32];
	const struct conf_source privileged = { .system = name,
		.privileged = true };
	struct str rest = { (const char *)data, size }, file;
	int fd = memfd_create("conf", MFD_CLOEXEC);

	(void)str_cut(&rest, '\x1e', &file);
	if (fd == -1 || fchmod(fd, 0600) == -1 ||
	    write(fd, file.p, file.n) != (ssize_t)file.n)
		abort();
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	load(&privileged, name);
	if (rest.p != NULL)
		load_with(name, rest);
	(void)close(fd);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * A configuration file from any bytes.  Either it is understood, with at least
 * one relay that has all its parts, or there is a reason; no error says more
 * than its line, and everything it allocated is freed.
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

static void
check_relays(const struct conf *c)
{
	const struct relay *r;

	assert(!STAILQ_EMPTY(&c->relays));
	assert(c->max_message_size > 0);
	STAILQ_FOREACH(r, &c->relays, next) {
		assert(r->url != NULL && r->line > 0 && !r->flawed);
		assert((r->kind == RELAY_MAILDIR) == (r->path != NULL));
		assert((r->kind == RELAY_SMTP) == (r->host != NULL));
		assert((r->kind == RELAY_SMTP) == (r->port != 0));
		assert((r->tls_cert == NULL) == (r->tls_key == NULL));
		assert(r->tls_min == 12 || r->tls_min == 13);
		assert(r->timeout.connect > 0 && r->timeout.greeting > 0 &&
		    r->timeout.command > 0 && r->timeout.data > 0 &&
		    r->timeout.block > 0 && r->timeout.dot > 0);
	}
}

/* Every line is printable and starts with the name of the file. */
static void
check_errors(const struct buf *errors, const char *name)
{
	struct str rest = buf_view(errors), line;

	while (rest.n > 0 && str_cut(&rest, '\n', &line)) {
		assert(str_istarts(line, str_of(name)));
		for (size_t i = 0; i < line.n; i++)
			assert(line.p[i] >= ' ' && line.p[i] <= '~');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[32];
	const struct conf_source source = { .system = name,
		.privileged = true };
	struct conf c;
	struct buf errors;
	struct fault f = { 0 };
	int fd = memfd_create("conf", MFD_CLOEXEC);

	if (fd == -1 || fchmod(fd, 0600) == -1 ||
	    write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	buf_init(&errors, 64 * 1024);
	if (conf_load(&c, &source, &errors, &f) == 0) {
		assert(errors.n == 0 && f.code == 0);
		check_relays(&c);
	} else {
		assert(f.code == EX_CONFIG && f.text[0] != '\0');
		check_errors(&errors, name);
	}
	conf_free(&c);
	buf_free(&errors);
	(void)close(fd);
	return 0;
}

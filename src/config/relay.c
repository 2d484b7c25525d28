/* SPDX-License-Identifier: ISC */
/*
 * The list of relays: who owns which string.  A relay holds copies of the
 * defaults that stood above it, so that each can be changed and freed alone.
 */
#include <stdlib.h>
#include <string.h>
#include <bsd/stdlib.h>

#include "config/keyword.h"
#include "config/relay.h"
#include "config/secret.h"
#include "config/url.h"

static char **
string(struct relay *r, const struct keyword *k)
{
	return (char **)(void *)((char *)r + k->offset);
}

static bool
is_string(const struct keyword *k)
{
	return k->per_relay && keyword_is_string(k);
}

/* Gives the relay strings of its own in place of those of the defaults. */
static int
own(struct relay *r)
{
	int code = 0;

	for (const struct keyword *k = keywords; k->name != NULL; k++) {
		char **slot, *copy;

		if (!is_string(k) || *(slot = string(r, k)) == NULL)
			continue;
		copy = strdup(*slot);
		if (copy == NULL)
			code = -1;
		*slot = copy;
	}
	return code;
}

int
relay_add(struct conf *c, const char *url, unsigned line, struct fault *f)
{
	struct relay *r = malloc(sizeof(*r));

	if (r == NULL)
		return fault(f, EX_OSERR, "out of memory");
	*r = c->defaults;
	r->line = line;
	buf_init(&r->secret, SECRET_MAX);
	if (own(r) == -1) {
		relay_wipe(r);
		free(r);
		return fault(f, EX_OSERR, "out of memory");
	}
	STAILQ_INSERT_TAIL(&c->relays, r, next);
	return url_parse(r, url, f);
}

void
relay_wipe(struct relay *r)
{
	for (const struct keyword *k = keywords; k->name != NULL; k++) {
		char **slot;

		if (!is_string(k))
			continue;
		slot = string(r, k);
		if (*slot != NULL)
			freezero(*slot, strlen(*slot));
		*slot = NULL;
	}
	buf_free(&r->secret);
	free(r->url);
	free(r->host);
	free(r->path);
	r->url = r->host = r->path = NULL;
}

void
relay_drop_all(struct conf *c)
{
	struct relay *r;

	while ((r = STAILQ_FIRST(&c->relays)) != NULL) {
		STAILQ_REMOVE_HEAD(&c->relays, next);
		relay_wipe(r);
		free(r);
	}
}

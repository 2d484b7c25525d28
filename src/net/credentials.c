/* SPDX-License-Identifier: ISC */
/*
 * CA certificates, our own certificate and its key: opened early, because a
 * group that may read them is given up, and a sandbox entered, before a relay
 * is talked to.
 */
#include <stdlib.h>

#include "config/trust.h"
#include "net/credentials.h"
#include "net/own.h"

static void
keep_own(struct credentials *c, const struct relay *r)
{
	struct fault *why = &c->no_own;

	if (trust_text(r->tls_cert, false, &c->cert, why) != 0 ||
	    trust_text(r->tls_key, true, &c->key, why) != 0) {
		buf_clear(&c->cert);
		buf_clear(&c->key);
	}
}

int
credentials_keep(struct relay *r, struct fault *f)
{
	struct credentials *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return fault(f, EX_OSERR, "out of memory");
	r->credentials = c;
	buf_init(&c->cert, OWN_PEM_MAX);
	buf_init(&c->key, OWN_PEM_MAX);
	if (r->tls_pin == NULL)
		(void)certs_open(&c->roots, r->ca_file, &c->no_roots);
	if (r->tls_cert != NULL && r->tls_key != NULL)
		keep_own(c, r);
	return 0;
}

void
credentials_drop(struct relay *r)
{
	struct credentials *c = r->credentials;

	if (c == NULL)
		return;
	certs_close(&c->roots);
	buf_free(&c->cert);
	buf_free(&c->key);
	free(c);
	r->credentials = NULL;
}

/* SPDX-License-Identifier: ISC */
/*
 * A relay URL from any bytes.  Nothing but the characters of names, addresses
 * and scopes may come out as a host, and a host that was taken is taken again
 * from an URL made of its parts.  And the same as the URL of a proxy.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/proxy.h"
#include "config/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
release(struct relay *r)
{
	free(r->url);
	free(r->host);
	free(r->path);
}

static void
check_host(const struct relay *r)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%";
	const bool v6 = strchr(r->host, ':') != NULL;
	struct relay again = { 0 };
	struct fault f;
	char url[400];

	assert(r->path == NULL);
	if (r->kind == RELAY_DIRECT || r->host[0] == '/')
		return;
	assert((r->port > 0) == (r->kind != RELAY_SRV));
	assert(r->host[0] != '\0');
	assert(strspn(r->host, allowed) == strlen(r->host));
	(void)snprintf(url, sizeof(url), v6 ? "smtp://[%s]:%u" : "smtp://%s:%u",
	    r->host, r->port > 0 ? r->port : 25U);
	if (url_parse(&again, url, &f) == -1)
		abort();
	assert(strcmp(again.host, r->host) == 0);
	assert(again.port == r->port || r->port == 0);
	release(&again);
}

/* The word secret stands in it once, as a password. */
static bool
confides(const char *url)
{
	const char *at = strstr(url, ":secret@");

	return at != NULL && strstr(url, "secret") == at + 1 &&
	    strstr(at + 2, "secret") == NULL;
}

/* No error shows a password. */
static void
check_proxy(const char *url)
{
	struct proxy p = { 0 };
	struct fault f = { 0 };

	if (proxy_parse(&p, url, &f) == 0) {
		assert(p.host[0] != '\0' && p.port > 0);
		assert(memchr(p.user, '\0', sizeof(p.user)) != NULL);
		assert(memchr(p.password, '\0', sizeof(p.password)) != NULL);
	} else
		assert(f.code == EX_CONFIG && (!confides(url) ||
		    strstr(f.text, "secret") == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct relay r = { 0 };
	struct fault f = { 0 };
	char *url = malloc(size + 1);

	if (url == NULL)
		abort();
	memcpy(url, data, size);
	url[size] = '\0';
	check_proxy(url);
	if (url_parse(&r, url, &f) == -1) {
		assert(f.code == EX_CONFIG);
		assert(r.url == NULL && r.host == NULL && r.path == NULL);
	} else {
		assert(strcmp(r.url, url) == 0);
		if (r.kind != RELAY_MAILDIR)
			check_host(&r);
		else
			assert(r.path[0] == '/' && r.host == NULL);
	}
	release(&r);
	free(url);
	return 0;
}

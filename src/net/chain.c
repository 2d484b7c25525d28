/* SPDX-License-Identifier: ISC */
/* Certificates in words and numbers, for who wants to be told of them. */
#include <string.h>
#include <time.h>
#include <bsd/string.h>

#include "net/peer.h"

static void
name(const mbedtls_x509_name *dn, char out[CHAIN_NAME])
{
	char text[CHAIN_NAME] = "?";

	(void)mbedtls_x509_dn_gets(text, sizeof(text), dn);
	str_escape(out, CHAIN_NAME, str_of(text));
}

static int64_t
seconds(const mbedtls_x509_time *t)
{
	struct tm tm = { .tm_year = t->year - 1900, .tm_mon = t->mon - 1,
	    .tm_mday = t->day, .tm_hour = t->hour, .tm_min = t->min,
	    .tm_sec = t->sec };

	return timegm(&tm);
}

void
peer_chain(const struct peer *p, const mbedtls_x509_crt *first,
    struct chain *out)
{
	*out = (struct chain){ .count = 0 };
	(void)strlcpy(out->pin, p->pin, sizeof(out->pin));
	for (const mbedtls_x509_crt *crt = first; crt != NULL &&
	    crt->version != 0 && out->count < CHAIN_MAX; crt = crt->next) {
		struct certificate *c = &out->certificate[out->count++];

		name(&crt->subject, c->subject);
		name(&crt->issuer, c->issuer);
		c->from = seconds(&crt->valid_from);
		c->to = seconds(&crt->valid_to);
	}
}

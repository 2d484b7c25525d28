/* SPDX-License-Identifier: ISC */
/*
 * certs BUNDLE: looks for every certificate the TLS library finds in the file
 * by its subject, and prints how many there are, how many were found with all
 * their octets, and how many of the file a subject that is in none finds.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

#include "base/clock.h"
#include "net/certs.h"

static struct certs certs;

/* How many certificates have this subject; sets *same when one is crt. */
static int
find(struct str subject, const mbedtls_x509_crt *crt, bool *same)
{
	const struct str raw = { (const char *)crt->raw.p, crt->raw.len };
	struct buf der;
	size_t at = 0;
	int n = 0;

	buf_init(&der, 64 * 1024);
	while (certs_find(&certs, subject, &at, &der) > 0) {
		*same |= str_eq(buf_view(&der), raw);
		buf_clear(&der);
		n++;
	}
	buf_free(&der);
	return n;
}

int
main(int argc, char *argv[])
{
	mbedtls_x509_crt list;
	struct fault f;
	char *text;
	int all = 0, found = 0;
	int64_t start;
	bool same = false;

	if (argc != 2)
		errx(64, "usage: certs BUNDLE");
	if (certs_open(&certs, argv[1], &f) < 0) {
		printf("%d %s\n", f.code, f.text);
		return 1;
	}
	text = strndup(certs.pem.p, certs.pem.n);
	mbedtls_x509_crt_init(&list);
	if (psa_crypto_init() != PSA_SUCCESS || text == NULL ||
	    mbedtls_x509_crt_parse(&list, (const unsigned char *)text,
	    strlen(text) + 1) < 0)
		errx(1, "not to be parsed");
	start = clock_ms();
	for (const mbedtls_x509_crt *c = &list; c != NULL; c = c->next) {
		same = false;
		all++;
		find((struct str){ (const char *)c->subject_raw.p,
		    c->subject_raw.len }, c, &same);
		found += same;
	}
	warnx("%lld ms", (long long)(clock_ms() - start));
	printf("%d certificates, %d found, %d strange\n", all, found,
	    find(STR("\x30\x0b\x31\x09\x30\x07\x06\x03\x55\x04\x03\x0c\x00"),
	    &list, &same));
	mbedtls_x509_crt_free(&list);
	certs_close(&certs);
	free(text);
	return 0;
}

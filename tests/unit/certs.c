/* SPDX-License-Identifier: ISC */
/*
 * certs [-b] BUNDLE: looks for every certificate the TLS library finds in the
 * file by its subject, and by the same name written otherwise, and prints how
 * many there are, how many were found with all their octets both times, and how
 * many a subject that is in none finds.  -b: looks for them in this program.
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

/* Finds it by its name with the other kind of strings and of letters. */
static bool
find_otherwise(const mbedtls_x509_crt *crt)
{
	char name[4096];
	const size_t n = crt->subject_raw.len;
	bool same = false;

	if (n > sizeof(name))
		errx(1, "a very long name");
	memcpy(name, crt->subject_raw.p, n);
	for (size_t i = 0; i < n; i++) {
		if (name[i] >= 'a' && name[i] <= 'z')
			name[i] -= 'a' - 'A';
		else if (name[i] == 0x13 || name[i] == 0x0c)
			name[i] ^= 0x13 ^ 0x0c;
	}
	(void)find((struct str){ name, n }, crt, &same);
	return same;
}

int
main(int argc, char *argv[])
{
	const bool inside = argc == 3 && strcmp(argv[1], "-b") == 0;

	mbedtls_x509_crt list;
	struct fault f;
	char *text;
	int all = 0, found = 0;
	int64_t start;
	bool same = false;

	if (argc != 2 + inside)
		errx(64, "usage: certs [-b] BUNDLE");
	if (certs_open(&certs, argv[argc - 1], &f) < 0) {
		printf("%d %s\n", f.code, f.text);
		return 1;
	}
	text = strndup(certs.pem.p, certs.pem.n);
	mbedtls_x509_crt_init(&list);
	if (psa_crypto_init() != PSA_SUCCESS || text == NULL ||
	    mbedtls_x509_crt_parse(&list, (const unsigned char *)text,
	    strlen(text) + 1) < 0)
		errx(1, "not to be parsed");
	if (inside) {
		certs_close(&certs);
		certs = (struct certs){ .path = "built in" };
	}
	start = clock_ms();
	for (const mbedtls_x509_crt *c = &list; c != NULL; c = c->next) {
		same = false;
		all++;
		find((struct str){ (const char *)c->subject_raw.p,
		    c->subject_raw.len }, c, &same);
		found += same && find_otherwise(c);
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

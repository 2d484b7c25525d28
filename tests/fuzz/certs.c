/* SPDX-License-Identifier: ISC */
/*
 * A PEM bundle and a name to be found in it: the first octet says how many
 * octets of DER follow as the name, the rest is the bundle.
 */
#include <assert.h>
#include <stdint.h>

#include "net/certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certs certs = { .path = "fuzz" };
	struct str subject, all = { (const char *)data, size };
	struct buf der;
	size_t at = 0, before = 0;

	if (size == 0)
		return 0;
	subject = (struct str){ all.p + 1, data[0] };
	if (subject.n > all.n - 1)
		subject.n = all.n - 1;
	certs.pem = (struct str){ subject.p + subject.n,
		all.n - 1 - subject.n };
	buf_init(&der, 8 * 1024);
	while (certs_find(&certs, subject, &at, &der) > 0) {
		assert(at > before && at <= certs.pem.n);
		assert(der.n >= subject.n && (unsigned char)der.p[0] == 0x30);
		before = at;
		buf_clear(&der);
	}
	buf_free(&der);
	return 0;
}

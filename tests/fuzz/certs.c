/* SPDX-License-Identifier: ISC */
/*
 * A file of certificates and a name to be found in it: the first octet says
 * how many octets of DER follow as the name, the rest is the file.
 */
#include <sys/mman.h>

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
search(const struct certs *certs, struct str subject)
{
	struct buf der;
	size_t at = 0, before = 0;

	buf_init(&der, 8 * 1024);
	while (certs_find(certs, subject, &at, &der) > 0) {
		assert(at > before && at <= certs->pem.n);
		assert(der.n >= subject.n && (unsigned char)der.p[0] == 0x30);
		before = at;
		buf_clear(&der);
	}
	buf_free(&der);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certs certs;
	struct str subject, all = { (const char *)data, size };
	struct fault f = { 0 };
	char name[32];
	int fd;

	if (size == 0)
		return 0;
	subject = (struct str){ all.p + 1, data[0] };
	if (subject.n > all.n - 1)
		subject.n = all.n - 1;
	all = (struct str){ subject.p + subject.n, all.n - 1 - subject.n };
	fd = memfd_create("certs", MFD_CLOEXEC);
	if (fd == -1 || write(fd, all.p, all.n) != (ssize_t)all.n)
		abort();
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (certs_open(&certs, name, &f) == 0) {
		search(&certs, subject);
		certs_close(&certs);
	} else
		assert(f.code == EX_CONFIG && certs.pem.p == NULL);
	if (all.n == 0) {
		assert(certs_open(&certs, "/", &f) == -1);
		assert(certs_open(&certs, "/proc/self/fd/-1", &f) == -1);
		assert((certs_open(&certs, NULL, &f) == 0) ==
		    certs_are_open(&certs));
		certs_close(&certs);
	}
	assert(certs_built_in() < 1000);
	/* And without page ends that hide what is read beyond. */
	certs = (struct certs){ all, "fuzz" };
	search(&certs, subject);
	(void)close(fd);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Key files for signing: whatever a file holds is refused with a reason, or
 * makes signatures that are text in base64.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "config/signer.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
need(bool what)
{
	if (!what)
		abort();
}

static void
use(const struct signer *s)
{
	static const unsigned char digest[SIGNER_DIGEST] = { 1, 2, 3 };
	struct buf text, octets;
	struct fault f;

	buf_init(&text, 1 << 16);
	buf_init(&octets, 1 << 16);
	if (signer_sign(s, digest, &text, &f) == 0)
		need(text.n > 0 && base64_decode(&octets,
		    buf_view(&text)) == 0);
	buf_clear(&text);
	buf_clear(&octets);
	if (signer_public(s, &text, &f) == 0)
		need(text.n > 0 && base64_decode(&octets,
		    buf_view(&text)) == 0);
	buf_free(&text);
	buf_free(&octets);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct signers list = STAILQ_HEAD_INITIALIZER(list);
	int fd = memfd_create("key", MFD_CLOEXEC);
	char value[64];
	struct fault f;

	need(fd >= 0 && fchmod(fd, 0600) == 0 &&
	    write(fd, data, size) == (ssize_t)size);
	(void)snprintf(value, sizeof(value), "a.example s /proc/self/fd/%d",
	    fd);
	if (signers_load(&list, str_of(value), &f) == 0)
		use(STAILQ_FIRST(&list));
	else
		need(f.text[0] != '\0' && (f.code == EX_CONFIG ||
		    f.code == EX_NOPERM));
	signers_free(&list);
	(void)close(fd);
	return 0;
}

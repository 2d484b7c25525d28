/* SPDX-License-Identifier: ISC */
/*
 * Configurations of other programs.  The first octet says whose the rest is.
 * What comes out is lines of text: comments, or a word and a value.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(struct str s)
{
	struct str line;

	while (str_cut(&s, '\n', &line)) {
		for (size_t i = 0; i < line.n; i++)
			if ((unsigned char)line.p[i] < ' ' || line.p[i] == 127)
				abort();
		if (line.n > 0 && line.p[0] != '#' &&
		    memchr(line.p, ' ', line.n) == NULL)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static import_reader *const readers[] = { import_msmtp, import_ssmtp,
	    import_nullmailer, import_dma, import_esmtp, import_postfix,
	    import_exim };
	struct import im = { .path = "/nowhere/file" };
	struct fault f;

	if (size == 0)
		return 0;
	im.fault = &f;
	buf_init(&im.global, 1 << 24);
	buf_init(&im.relays, 1 << 24);
	if (readers[data[0] % 7](&im, (struct str){ (const char *)data + 1,
	    size - 1 }) == 0 && !im.global.failed && !im.relays.failed) {
		check(buf_view(&im.global));
		check(buf_view(&im.relays));
	}
	buf_free(&im.global);
	buf_free(&im.relays);
	return 0;
}

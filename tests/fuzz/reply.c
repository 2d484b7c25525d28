/* SPDX-License-Identifier: ISC */
/*
 * Replies: the input is lines ended by LF.  Whatever comes, an accepted reply
 * keeps the bounds its header promises and is shown in printable characters.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "smtp/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct reply *r)
{
	char text[64];
	const char *dsn = reply_dsn(r);

	assert(r->code >= 200 && r->code <= 599);
	assert(r->lines >= 1 && r->lines <= 512);
	assert(r->text.n <= REPLY_TEXT_MAX);
	assert(strlen(dsn) >= 5 && strlen(dsn) < sizeof(r->dsn));
	assert(strspn(dsn, "0123456789.") == strlen(dsn));
	assert(reply_refusal(r, EX_NOUSER) == EX_NOUSER || r->code / 100 != 5 ||
	    r->code == 530 || r->code == 535);
	reply_format(r, text, sizeof(text));
	assert(strlen(text) >= 3 && strlen(text) < sizeof(text));
	for (const char *p = text; *p != '\0'; p++)
		assert(*p >= ' ' && *p <= '~');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, line;
	struct fault f = { 0 };
	struct reply r;
	int status;

	reply_init(&r);
	while (str_cut(&rest, '\n', &line)) {
		status = reply_line(&r, line, &f);
		if (status == -1)
			assert(f.code == EX_PROTOCOL && f.text[0] != '\0');
		else
			check(&r);
		if (status != 1)
			reply_clear(&r);
	}
	reply_free(&r);
	return 0;
}

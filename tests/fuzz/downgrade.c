/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a header, behind an octet of options: what comes out has no
 * line over 998 octets, no octet it must not have, as many fields as before
 * under the same names, and fits as it is; signed, it is not touched.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/downgrade.h"
#include "mail/header.h"
#include "mail/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_lines(struct str s, bool utf8)
{
	struct str line;

	require(utf8 ? utf8_valid(s) : !str_has_8bit(s));
	while (str_cut(&s, '\n', &line)) {
		if (s.p == NULL) {
			require(line.n == 0);
			break;
		}
		require(line.n > 0 && line.n <= MESSAGE_LINE_MAX + 1);
		require(memchr(line.p, '\r', line.n) == line.p + line.n - 1);
		require(memchr(line.p, '\0', line.n) == NULL);
	}
}

static void
check_fields(struct str before, struct str after)
{
	const struct str mark = STR("Downgraded-");
	struct field a, b;

	while (header_next(&before, &a)) {
		require(header_next(&after, &b));
		if (!str_eq(a.name, b.name) && str_istarts(b.name, mark)) {
			b.name.p += mark.n;
			b.name.n -= mark.n;
		}
		require(str_eq(a.name, b.name));
	}
	require(!header_next(&after, &b));
}

static void
check(struct str header, const struct header_rules *rules)
{
	struct fault f = { 0 };
	struct buf out, again;
	bool changed;

	buf_init_large(&out, HEADER_GROWTH(header.n));
	if (header_fit(&out, header, rules, &changed, &f) != 0)
		require(f.code == EX_DATAERR && f.text[0] != '\0');
	else {
		check_lines(buf_view(&out), rules->utf8);
		check_fields(header, buf_view(&out));
		require(changed || str_eq(header, buf_view(&out)));
		require(!(changed && rules->sealed));
		buf_init_large(&again, HEADER_GROWTH(out.n));
		require(header_fit(&again, buf_view(&out), rules, &changed,
		    &f) == 0 && !changed);
		buf_free(&again);
	}
	buf_free(&out);
	(void)header_needs_utf8(header);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct message_limits limits = { .dots = true };
	struct header_rules rules;
	struct fault f = { 0 };
	struct intake in;
	struct message m;

	if (size == 0)
		return 0;
	rules = (struct header_rules){ .utf8 = (data[0] & 1) != 0,
	    .sealed = (data[0] & 2) != 0 };
	message_init(&m);
	intake_start(&in, &m, &limits, &f);
	if (intake_take(&in, (struct str){ (const char *)data + 1,
	    size - 1 }) == 0 && intake_end(&in) == 0)
		check(buf_view(&m.header), &rules);
	message_free(&m);
	return 0;
}

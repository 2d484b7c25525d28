/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as the file of relays that do not work: what is taken of it is in
 * force at the time, bounded, and written again the same from then on.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "delivery/backoff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795346400, DAY = 24 * 60 * 60 };

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check(const struct backoff_table *t)
{
	require(t->count <= BACKOFF_MAX);
	for (size_t i = 0; i < t->count; i++) {
		const struct backoff *b = &t->relay[i];

		require(b->asked >= 0 && b->asked <= NOW);
		require(b->next > NOW - DAY && b->next < NOW + DAY);
		require(b->tries > 0 && b->tries <= 9999);
		require(b->name.n > 0 && b->name.n < BACKOFF_NAME_MAX);
		require(memchr(b->name.p, '\n', b->name.n) == NULL);
		for (size_t j = 0; j < i; j++)
			require(!str_eq(b->name, t->relay[j].name));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = { (const char *)data, size };
	struct backoff_table t, again;
	struct buf b;

	backoff_parse(&t, text, NOW);
	check(&t);
	buf_init(&b, BACKOFF_SIZE_MAX);
	backoff_format(&b, &t);
	require(!b.failed);
	backoff_parse(&again, buf_view(&b), NOW);
	require(again.count == t.count);
	for (size_t i = 0; i < t.count; i++)
		require(str_eq(again.relay[i].name, t.relay[i].name) &&
		    again.relay[i].asked == t.relay[i].asked &&
		    again.relay[i].next == t.relay[i].next &&
		    again.relay[i].tries == t.relay[i].tries);
	buf_free(&b);
	return 0;
}

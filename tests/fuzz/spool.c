/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as the head of a spooled mail: what is taken is written again as
 * it was, octet by octet; and after any change of what may change, also by a
 * write that was torn, it is still read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "delivery/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
format(struct buf *b, struct entry *t, const struct envelope *e, size_t size)
{
	size_t part = 0;

	buf_init(b, ENTRY_HEAD_MAX);
	do
		part = entry_format(b, t, e, part);
	while (part > 0);
	require(!b->failed && b->n == size && t->head == size);
}

/* Everything is different now. */
static void
change(struct entry *t, struct envelope *e, size_t salt)
{
	struct fault why;

	(void)fault(&why, 69, "an answer\nof two lines");
	entry_defer(t, (int64_t)(salt * 1000003));
	t->state = salt % 2 == 0 ? ENTRY_DEAD : ENTRY_HELD;
	for (size_t i = 0; i < e->count; i++) {
		struct rcpt *r = &e->rcpt[i];

		r->unsure = (salt + i) % 3 == 0;
		rcpt_result(e, r, (salt + i) % 2 == 0 ? RCPT_PERMANENT :
		    RCPT_TEMPORARY, "5.7.999", &why);
		rcpt_relay(e, r, "relay.example.com[192.0.2.1]:587");
	}
}

static void
check_torn(const struct buf *new, struct str old, size_t at)
{
	struct envelope e;
	struct entry t;
	struct fault f;
	struct buf torn;

	buf_init(&torn, ENTRY_HEAD_MAX);
	(void)buf_add(&torn, new->p, at);
	(void)buf_add(&torn, old.p + at, old.n - at);
	envelope_init(&e);
	require(entry_parse(&t, &e, buf_view(&torn), &f) == 0);
	envelope_free(&e);
	buf_free(&torn);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str head = { (const char *)data, size };
	struct envelope e;
	struct fault f = { 0 };
	struct entry t;
	struct buf b;
	char id[ENTRY_ID_SIZE];

	entry_name(id);
	require(entry_is_id(id) && !entry_is_id(id + 1));
	envelope_init(&e);
	if (entry_parse(&t, &e, head, &f) == 0) {
		require(e.count > 0 && e.sender != NULL);
		format(&b, &t, &e, size);
		require(memcmp(b.p, data, size) == 0);
		buf_free(&b);
		change(&t, &e, size);
		format(&b, &t, &e, size);
		for (size_t i = 1; i < 8; i++)
			check_torn(&b, head, size * i / 8);
		buf_free(&b);
	} else
		require(f.code == EX_DATAERR && f.text[0] != '\0');
	envelope_free(&e);
	return 0;
}

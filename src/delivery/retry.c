/* SPDX-License-Identifier: ISC */
/*
 * When a spooled mail is tried again: after five minutes, then after twice as
 * long each time, up to four hours, all that a quarter more or less so that
 * many machines that failed at once do not come back at once.
 */

#include "base/random.h"
#include "delivery/entry.h"

enum {
	TRIES_MAX = 9999,
	DELAY_FIRST = 5 * 60, DELAY_MAX = 4 * 60 * 60	/* seconds */
};

void
entry_defer(struct entry *t, int64_t now)
{
	int64_t delay = DELAY_FIRST;

	for (unsigned i = 0; i < t->tries && delay < DELAY_MAX; i++)
		delay *= 2;
	if (delay > DELAY_MAX)
		delay = DELAY_MAX;
	if (t->tries < TRIES_MAX)
		t->tries++;
	t->next = now + delay * 3 / 4 +
	    random_below((uint32_t)delay / 2);
}

bool
entry_due(const struct entry *t, int64_t now)
{
	return t->next <= now || t->next > now + DELAY_MAX * 2;
}

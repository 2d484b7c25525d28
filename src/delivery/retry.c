/* SPDX-License-Identifier: ISC */
/*
 * When something that failed is tried again: after five minutes, then after
 * twice as long each time, with scatter, so that many machines that failed at
 * once do not come back at once.
 */
#include "base/random.h"
#include "delivery/entry.h"
#include "delivery/retry.h"

int64_t
retry_delay(unsigned tries, int64_t max)
{
	int64_t delay = RETRY_FIRST;

	for (unsigned i = 1; i < tries && delay < max; i++)
		delay *= 2;
	if (delay > max)
		delay = max;
	return delay * 3 / 4 + random_below((uint32_t)delay / 2);
}

void
entry_defer(struct entry *t, int64_t now)
{
	if (t->tries < RETRY_TRIES_MAX)
		t->tries++;
	t->next = now + retry_delay(t->tries, RETRY_MAX);
}

bool
retry_due(int64_t next, int64_t now)
{
	return next <= now || next > now + RETRY_MAX * 2;
}

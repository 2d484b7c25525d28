/* SPDX-License-Identifier: ISC */
/* Deadlines on the monotonic clock, which no change of date can move. */
#include <limits.h>
#include <time.h>

#include "base/clock.h"

int64_t
clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_deadline(int64_t ms, int64_t limit)
{
	int64_t at;

	if (ms <= 0)
		return limit;
	at = clock_ms() + ms;
	return at < limit ? at : limit;
}

int
clock_left(int64_t deadline)
{
	int64_t left;

	if (deadline == CLOCK_NEVER)
		return -1;
	left = deadline - clock_ms();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

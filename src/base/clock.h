/* SPDX-License-Identifier: ISC */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock: for deadlines and durations. */
int64_t clock_ms(void);

/* A deadline that never comes. */
#define CLOCK_NEVER	INT64_MAX

/* No clock that is right says less, in seconds since 1970: 2024-01-01. */
#define CLOCK_PLAUSIBLE	1704067200

/*
 * The earlier of "ms from now" and limit; ms <= 0 means no limit of its own.
 */
int64_t clock_deadline(int64_t ms, int64_t limit);

/*
 * What is left until the deadline as a poll(2) timeout: 0 when it has passed,
 * -1 for CLOCK_NEVER.
 */
int clock_left(int64_t deadline);

#endif

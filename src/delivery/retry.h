/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_RETRY_H
#define DELIVERY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds until the second try; at most until the next one of a mail. */
enum { RETRY_FIRST = 5 * 60, RETRY_MAX = 4 * 60 * 60 };

/* More tries than are counted. */
enum { RETRY_TRIES_MAX = 9999 };

/*
 * Seconds to wait after so many tries (from 1 up): twice as long each time, at
 * most max, all that a quarter more or less.
 */
int64_t retry_delay(unsigned tries, int64_t max);

/*
 * True when a time set by such a delay has come.  One further ahead than any
 * delay means that the clock was wrong, and has come as well.
 */
bool retry_due(int64_t next, int64_t now);

#endif

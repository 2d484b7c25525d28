/* SPDX-License-Identifier: ISC */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * From here on SIGHUP and SIGTERM, unless ignored, no longer kill: they end
 * the wait under way, so that what was begun can be put in order.
 */
void signals_hold(void);

/*
 * Gives up the descriptor that this takes, and lets them kill again; false
 * when there is none.
 */
bool signals_spare(void);

/* True when one of them has come. */
bool signals_stopped(void);

/*
 * While on, they do not end a wait either: for the reply to the final dot,
 * which tells whether the message was taken.
 */
void signals_shield(bool on);

enum { SIGNALS_POLL_MAX = 64 };

/*
 * poll(2) of at most SIGNALS_POLL_MAX descriptors, with a deadline of
 * clock_deadline().  Returns as poll does, 0 when the time is over, -1 with
 * errno; EINTR means that a signal has come that is to end the program, and is
 * not returned for others.
 */
int signals_poll(struct pollfd *, nfds_t, int64_t deadline);

#endif

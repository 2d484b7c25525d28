/* SPDX-License-Identifier: ISC */
/*
 * Requests to end, which must not come between a delivery and its record.
 * They are blocked everywhere but in ppoll(2), so that a wait for the network
 * can be cut short and nothing else ever is.
 */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "base/signals.h"

static const int held[] = { SIGHUP, SIGTERM };
static volatile sig_atomic_t stopped;
static sigset_t outside;	/* the mask while waiting */
static bool holding, shielded;

static void
note(int number)
{
	(void)number;
	stopped = 1;
}

void
signals_hold(void)
{
	struct sigaction action = { .sa_handler = note }, old;
	sigset_t set;

	if (holding)
		return;
	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		if (sigaction(held[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			(void)sigaddset(&set, held[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &outside);
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		if (sigismember(&set, held[i]) == 1) {
			(void)sigaction(held[i], &action, NULL);
			(void)sigdelset(&outside, held[i]);
		}
	holding = true;
}

bool
signals_stopped(void)
{
	return stopped != 0;
}

void
signals_shield(bool on)
{
	shielded = on;
}

int
signals_poll(struct pollfd *p, nfds_t n, int64_t deadline)
{
	for (;;) {
		int left = clock_left(deadline), got;
		struct timespec time = { .tv_sec = left / 1000,
		    .tv_nsec = left % 1000 * 1000000L };

		if (stopped != 0 && !shielded) {
			errno = EINTR;
			return -1;
		}
		got = ppoll(p, n, left < 0 ? NULL : &time,
		    holding && !shielded ? &outside : NULL);
		if (got >= 0 || errno != EINTR)
			return got;
	}
}

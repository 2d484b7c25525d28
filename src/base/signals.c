/* SPDX-License-Identifier: ISC */
/*
 * Requests to end, which must not come between a delivery and its record.
 * They are blocked, and seen where the network is waited for: that wait can be
 * cut short, and nothing else ever is.  Blocked and yet ignored by who called
 * us, they never come.
 */
#include <sys/signalfd.h>

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signals.h"

static int notice = -1;		/* readable when a request has come */
static bool holding, stopped, shielded;

void
signals_hold(void)
{
	sigset_t set;

	if (holding)
		return;
	holding = true;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	notice = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	/* Better to be killed than to go on for ever. */
	if (notice < 0)
		(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool
signals_spare(void)
{
	sigset_t set;

	if (notice < 0)
		return false;
	(void)close(notice);
	notice = -1;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	return true;
}

bool
signals_stopped(void)
{
	return stopped;
}

void
signals_shield(bool on)
{
	shielded = on;
}

int
signals_poll(struct pollfd *p, nfds_t n, int64_t deadline)
{
	struct pollfd all[SIGNALS_POLL_MAX + 1];

	assert(n <= SIGNALS_POLL_MAX);
	for (;;) {
		const bool heed = notice >= 0 && !shielded;
		int got;

		if (n > 0)
			memcpy(all, p, n * sizeof(*p));
		all[n] = (struct pollfd){ .fd = notice, .events = POLLIN };
		got = stopped && !shielded ? 0 :
		    poll(all, n + heed, clock_left(deadline));
		if (got >= 0 && n > 0)
			memcpy(p, all, n * sizeof(*p));
		if (heed && got > 0 && all[n].revents != 0) {
			stopped = true;
			got--;
		}
		/* What has happened as well is for who asks first. */
		if (stopped && !shielded && got == 0) {
			errno = EINTR;
			return -1;
		}
		if (got >= 0 || errno != EINTR)
			return got;
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * How often the queue is run: once, or again and again.  A process that goes
 * on for days finds other files than it started with; so each round has a
 * process, and a sandbox, of its own.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/random.h"
#include "base/signals.h"
#include "confine.h"
#include "delivery/place.h"
#include "rounds.h"

/* What is in the spool, once. */
static int
drain(struct drain *d, struct fault *f)
{
	int status = drain_run(d, f);

	drain_end(d);
	return status != 0 && f->code != EX_UNAVAILABLE ? -1 : 0;
}

/* Waits for a round to end; who ends us ends it as well. */
static int
watch(pid_t child, int ended)
{
	struct pollfd p = { .fd = ended, .events = POLLIN };

	if (signals_poll(&p, 1, CLOCK_NEVER) < 0)
		(void)kill(child, SIGTERM);
	return process_join(child, ended);
}

/*
 * Again and again, each time in a process of its own: whose sandbox is one of
 * the files that are there at the time, and resolv.conf comes and goes.
 */
static int
repeat(struct drain *d, const struct args *args, struct conf *conf,
    struct fault *f)
{
	int64_t interval = args->run_interval;
	struct place place;
	struct fault why;

	while (!signals_stopped()) {
		int ended, code;
		pid_t child = process_branch(&ended);

		/* Where there was no spool yet, there may be one now. */
		if (child == 0 && conf->place == NULL) {
			conf->no_place = NULL;
			place_keep(&place, conf, false, &why);
		}
		if (child == 0)
			return confine(conf, args, NULL, f) != 0 ? -1 :
			    drain(d, f);
		if (child < 0)
			return fault_errno(f, EX_OSERR, errno, "queue run");
		code = watch(child, ended);
		if (code != EX_OK)
			return fault(f, code, "queue run: failed");
		/* Scattered, so that many machines do not come together. */
		(void)signals_poll(NULL, 0, clock_deadline(interval * 3 / 4 +
		    random_below((uint32_t)(interval / 2)), CLOCK_NEVER));
	}
	return 0;
}

int
rounds(struct drain *d, const struct args *args, struct conf *conf,
    struct fault *f)
{
	return args->run_interval > 0 ? repeat(d, args, conf, f) : drain(d, f);
}

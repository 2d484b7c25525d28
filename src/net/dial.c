/* SPDX-License-Identifier: ISC */
/*
 * From targets to a connected socket: a race of all their addresses, RFC 8305
 * section 5.  An address that swallows packets costs the others a quarter of a
 * second, one that refuses costs nothing.
 */
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/signals.h"
#include "net/dial.h"
#include "net/socket.h"
#include "net/tunnel.h"
#include "net/wait.h"

enum {
	STAGGER_MS = 250,
	RACE_MAX = DNS_BESIDE,
	REPORT_MAX = 480
};

/* One address being connected to; fd < 0: it has failed. */
struct runner {
	int		 fd;
	const struct target *target;
	struct address	 address;
};

/* What name servers have not said of a target in time. */
struct late {
	const struct target *target;
	enum address_family family;
	char		 name[ANSWER_NAME];
};

struct race {
	const struct dial *dial;
	size_t		 count, running, unknown;
	size_t		 ahead;		/* names yet to be looked up */
	struct late	*late;
	size_t		 lates;
	const struct target *told;	/* the last named in the report */
	struct buf	 report;	/* what has gone wrong */
	struct runner	 runner[RACE_MAX];	/* of which few are used */
};

static const char *
reason(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "connection refused";
	case ETIMEDOUT:
		return "connection timed out";
	case EINTR:
		return "interrupted";
	case ENETUNREACH:
		return "network is unreachable";
	case EHOSTUNREACH:
		return "no route to host";
	case EAFNOSUPPORT:
		return "no source-address of this kind";
	default:
		return strerror(error);
	}
}

/* host[address]:port, without the host when it was named before. */
static void
describe(const struct runner *r, const char *host, char *out, size_t size)
{
	char text[ADDRESS_TEXT];

	address_print(&r->address, text);
	if (r->address.is.any.sa_family == AF_UNIX)
		(void)snprintf(out, size, "%s", text);
	else
		(void)snprintf(out, size, "%s[%s]:%u", host, text,
		    (unsigned)r->target->port);
}

static void
lose(struct race *race, struct runner *r, int error)
{
	char name[DIAL_NAME_MAX];

	describe(r, race->told == r->target ? "" : r->target->host, name,
	    sizeof(name));
	race->told = r->target;
	watch_see(race->dial->watch, STAGE_CONNECT, SIGHT_NOTED, "%s: %s",
	    name, reason(error));
	(void)buf_fmt(&race->report, "%s%s: %s",
	    race->report.n > 0 ? "; " : "", name, reason(error));
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	race->running--;
}

static void
lose_all(struct race *race, int error)
{
	for (size_t i = 0; i < race->count; i++)
		if (race->runner[i].fd >= 0)
			lose(race, &race->runner[i], error);
}

/* Starts with one more address; returns 0 or an error number. */
static int
start(struct race *race, const struct target *target, const struct address *a)
{
	struct runner *r = &race->runner[race->count++];
	char name[DIAL_NAME_MAX];
	int error;

	*r = (struct runner){ .fd = -1, .target = target, .address = *a };
	race->running++;
	if (race->dial->watch != NULL) {
		describe(r, target->host, name, sizeof(name));
		watch_see(race->dial->watch, STAGE_CONNECT, SIGHT_BEGUN, "%s",
		    name);
	}
	error = socket_open(&r->fd, a->is.any.sa_family, race->dial->relay);
	if (error == 0)
		error = target->speaks && a->is.any.sa_family != AF_UNIX ?
		    wait_connect_fast(r->fd, a) : wait_connect(r->fd, a);
	if (error == EINPROGRESS)
		error = 0;
	if (error != 0)
		lose(race, r, error);
	return error;
}

static void
look(const struct race *race, struct pollfd p[RACE_MAX], short events)
{
	for (size_t i = 0; i < race->count; i++)
		p[i] = (struct pollfd){ .fd = race->runner[i].fd,
		    .events = events };
}

/* Who was connected once has arrived, whatever became of that. */
static bool
arrived(int error, short events)
{
	return error == 0 || (events == POLLIN &&
	    (error == ECONNRESET || error == EPIPE));
}

/*
 * Waits for a runner to arrive (POLLOUT), or to be greeted (POLLIN).  NULL:
 * nobody has until then, or the latest, if that matters, has failed.
 */
static struct runner *
await(struct race *race, int64_t until, const struct runner *latest,
    short events)
{
	struct pollfd p[RACE_MAX];

	while (race->running > 0) {
		look(race, p, events);
		switch (signals_poll(p, (nfds_t)race->count, until)) {
		case 0:
			return NULL;
		case -1:
			lose_all(race, errno);
			return NULL;
		}
		for (size_t i = 0; i < race->count; i++) {
			struct runner *r = &race->runner[i];
			int error = ECONNRESET;

			if (r->fd < 0 || p[i].revents == 0)
				continue;
			/* Without an error nothing is left to be asked. */
			if (p[i].revents == events ||
			    arrived(error = wait_result(r->fd), events))
				return r;
			lose(race, r, error);
			if (r == latest)
				return NULL;
		}
	}
	return NULL;
}

/*
 * Resolves, as long as nothing happens to a runner: NULL with what resolve()
 * has found or why not, or the winner.
 */
static struct runner *
resolve_or_win(struct race *race, const struct target *target,
    struct lookup *how, struct addresses *found, struct fault *why)
{
	struct pollfd p[RACE_MAX];
	struct runner *winner = NULL;
	size_t before;

	how->beside = p;
	how->besides = race->count;
	do {
		before = race->running;
		look(race, p, POLLOUT);
		if (resolve(target, how, found, why) != 0)
			winner = await(race, clock_ms(), NULL, POLLOUT);
	} while (found->count == 0 && winner == NULL && race->running < before);
	return winner;
}

/* The other family is asked for again when all else has been tried. */
static void
postpone(struct race *race, const struct target *target,
    const struct addresses *found)
{
	struct late *more = reallocarray(race->late, race->lates + 1,
	    sizeof(*more));

	if (more == NULL)
		return;
	race->late = more;
	more += race->lates++;
	more->target = target;
	more->family = found->late;
	(void)strlcpy(more->name, found->name, sizeof(more->name));
	race->ahead++;
}

static void
note_unknown(struct race *race, const struct target *target,
    const struct fault *why)
{
	(void)buf_fmt(&race->report, "%s%s: %s", race->report.n > 0 ? "; " :
	    "", target->host, why->text);
	race->unknown += why->code == EX_NOHOST;
	watch_failed(race->dial->watch, why);
}

static void
note_found(const struct dial *d, const struct target *target,
    const struct addresses *found)
{
	char text[ADDRESS_TEXT];

	watch_see(d->watch, STAGE_NAME, SIGHT_BEGUN, "%s", target->host);
	for (size_t i = 0; i < found->count; i++) {
		address_print(&found->list[i], text);
		watch_see(d->watch, STAGE_NAME, SIGHT_NOTED, "%s", text);
	}
	watch_see(d->watch, STAGE_NAME, SIGHT_DONE, "%s", target->host);
}

/*
 * Finds the addresses of a target, or notes why there are none; or those of it
 * that are late: as long as a name server may take to be asked again.
 */
static struct runner *
look_up(struct race *race, const struct target *target,
    const struct late *late, struct addresses *found)
{
	const struct dial *d = race->dial;
	struct lookup how = { .family = d->relay->family,
	    .deadline = d->deadline };
	struct target place = *target;
	struct runner *winner;
	struct fault why;

	if (late != NULL) {
		place.host = late->name;
		place.absolute = true;
		how.family = late->family;
		how.deadline = clock_deadline(DNS_GRACE_MS, d->deadline);
	} else {
		watch_see(d->watch, STAGE_NAME, SIGHT_BEGUN, "%s",
		    target->host);
	}
	winner = resolve_or_win(race, &place, &how, found, &why);
	if (winner != NULL)
		return winner;
	if (found->count == 0 && late == NULL)
		note_unknown(race, target, &why);
	if (found->count > 0 && d->watch != NULL)
		note_found(d, target, found);
	if (found->late != FAMILY_ANY)
		postpone(race, target, found);
	return NULL;
}

/*
 * There is no other address to be tried.  A greeting says that this one is
 * connected as well; where it is late, since when nobody knows, so that all of
 * the time is counted as waiting for it.
 */
static struct runner *
await_sole(struct race *race, const struct target *target,
    struct dialled *out)
{
	const struct dial *d = race->dial;
	const int64_t began = clock_ms();
	struct runner *winner;
	struct fault ignored;

	/* It takes its time, as the server does. */
	if (d->part != SANDBOX_LISTEN)
		(void)sandbox_enter(d->part, &ignored);
	out->parted = d->part != SANDBOX_LISTEN;
	if (d->greeting <= 0 || !target->speaks)
		return NULL;
	winner = await(race, clock_deadline(d->greeting < STAGGER_MS ?
	    d->greeting : STAGGER_MS, d->deadline), NULL, POLLIN);
	out->greeted = winner != NULL;
	if (winner != NULL)
		return winner;
	winner = await(race, began, NULL, POLLOUT);
	out->waited = clock_ms() - began;
	return winner;
}

/* The addresses of one target, or the late ones of it, join the race. */
static struct runner *
enter(struct race *race, const struct target *target,
    const struct late *late, struct dialled *out)
{
	const struct dial *d = race->dial;
	struct addresses found;
	struct runner *winner;

	race->ahead--;
	winner = look_up(race, target, late, &found);

	for (size_t i = 0; i < found.count && winner == NULL &&
	    race->count < RACE_MAX; i++) {
		int error = start(race, target, &found.list[i]);

		if (race->ahead == 0 && i + 1 == found.count && error == 0 &&
		    race->running == 1)
			return await_sole(race, target, out);
		winner = await(race, clock_deadline(error == 0 ? STAGGER_MS :
		    0, error == 0 ? d->deadline : clock_ms()),
		    &race->runner[race->count - 1], POLLOUT);
	}
	return winner;
}

/* Runs the race; the socket is the caller's. */
static int
compete(struct race *race, struct dialled *out)
{
	const struct dial *d = race->dial;
	struct runner *winner = NULL;

	for (size_t i = 0; i < d->count && winner == NULL; i++)
		winner = enter(race, &d->target[i], NULL, out);
	for (size_t i = 0; i < race->lates && winner == NULL; i++)
		winner = enter(race, race->late[i].target, &race->late[i],
		    out);
	if (winner == NULL) {
		winner = await(race, d->deadline, NULL, POLLOUT);
		out->waited = 0;
	}
	if (winner == NULL)
		return -1;
	out->fd = winner->fd;
	out->target = (size_t)(winner->target - d->target);
	describe(winner, winner->target->host, out->name, sizeof(out->name));
	winner->fd = -1;
	watch_see(d->watch, STAGE_CONNECT, SIGHT_DONE, "%s", out->name);
	return 0;
}

static int
run(const struct dial *d, struct dialled *out, struct fault *f)
{
	/* Room for many, most often used by one. */
	struct race *race = calloc(1, sizeof(*race));
	int status;

	if (race == NULL)
		return fault(f, EX_OSERR, "out of memory");
	race->dial = d;
	race->ahead = d->count;
	buf_init(&race->report, REPORT_MAX);
	status = compete(race, out);
	lose_all(race, ETIMEDOUT);
	if (status != 0)
		(void)fault(f, race->unknown == d->count ? EX_NOHOST :
		    EX_UNAVAILABLE, "%.*s",
		    STR_ARG(buf_view(&race->report)));
	buf_free(&race->report);
	free(race->late);
	free(race);
	return status;
}

/* The same by way of a proxy, which finds the addresses. */
static int
run_through(const struct proxy *proxy, const struct dial *d,
    struct dialled *out, struct fault *f)
{
	const struct target entry = { .host = proxy->host,
	    .port = proxy->port };
	struct dial first = *d;

	first.target = &entry;
	first.count = 1;
	first.part = SANDBOX_LISTEN;
	for (size_t i = 0; i < d->count; i++) {
		if (run(&first, out, f) != 0)
			return fault(f, EX_UNAVAILABLE, "proxy %s",
			    f->text);
		out->target = i;
		(void)snprintf(out->name, sizeof(out->name), "%s[proxy]:%u",
		    d->target[i].host, (unsigned)d->target[i].port);
		watch_see(d->watch, STAGE_CONNECT, SIGHT_BEGUN, "%s",
		    out->name);
		if (tunnel_open(out->fd, proxy, &d->target[i], d->deadline,
		    f) == 0) {
			watch_see(d->watch, STAGE_CONNECT, SIGHT_DONE, "%s",
			    out->name);
			return 0;
		}
		close(out->fd);
	}
	return -1;
}

int
dial(const struct dial *d, struct dialled *out, struct fault *f)
{
	struct proxy proxy;
	int status;

	*out = (struct dialled){ .fd = -1 };
	if (d->relay->proxy == NULL || d->target[0].host[0] == '/')
		return run(d, out, f);
	if (proxy_parse(&proxy, d->relay->proxy, f) != 0)
		return -1;
	status = run_through(&proxy, d, out, f);
	explicit_bzero(&proxy, sizeof(proxy));
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * From a route to a session: which of its servers is asked next, and for how
 * long.  Servers of equal preference are raced (net/dial.c); when the winner
 * turns out to be of no use, the others get their chance.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/signals.h"
#include "delivery/courier.h"
#include "net/dial.h"
#include "smtp/client.h"
#include "smtp/command.h"

/* How long servers that only swallow packets may hold up lesser ones. */
enum { FAIR_MS = 30 * 1000, LEAST_MS = 1000 };

void
courier_settle(struct courier *c)
{
	if (!c->worked)
		return;
	c->worked = false;
	backoff_worked(c->place, c->route.relay, c->route.domain);
}

static void
leave(struct courier *c)
{
	courier_settle(c);
	client_close(&c->session);
}

void
courier_rest(struct courier *c)
{
	leave(c);
	route_free(&c->route);
}

void
courier_log(const struct relay *r, const struct fault *why)
{
	const struct log_field fields[] = {
		{ FIELD_TEXT, "relay", r->url, 0 },
		{ FIELD_TEXT, "status", "unavailable", 0 },
		{ FIELD_NOTE, "reply", why->text, 0 },
	};

	log_event(true, fields, sizeof(fields) / sizeof(fields[0]));
}

/* The best candidates not yet tried, of one level; returns their number. */
static size_t
best(const struct route *r, size_t which[ROUTE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		if (!r->candidate[i].tried && (n == 0 ||
		    r->candidate[which[0]].level == r->candidate[i].level))
			which[n++] = i;
	return n;
}

static size_t
count_untried(const struct route *r)
{
	size_t left = 0;

	for (size_t i = 0; i < r->count; i++)
		left += !r->candidate[i].tried;
	return left;
}

/* The deadline for n candidates: half the time when there are others. */
static int64_t
share(const struct route *r, size_t n, int64_t deadline)
{
	int64_t half = FAIR_MS;

	if (count_untried(r) == n)
		return deadline;
	if (deadline != CLOCK_NEVER && (deadline - clock_ms()) / 2 < half)
		half = (deadline - clock_ms()) / 2;
	return clock_deadline(half < LEAST_MS ? LEAST_MS : half, deadline);
}

static int
open_session(struct courier *c, const struct candidate *to,
    const struct dialled *d, struct fault *f)
{
	struct session *s = &c->session;
	bool outside;

	s->relay = c->route.relay;
	s->hostname = self_ehlo(c->self);
	s->trace = c->trace;
	s->watch = c->watch;
	s->last = c->last;
	s->lost = s->quit = s->unproven = s->probed = false;
	s->crowd = 0;
	s->port = to->port;
	s->tls = to->tls;
	s->host = to->host;
	s->domain = route_domain(&c->route, to, &outside);
	if (outside)
		s->host = s->domain;
	(void)strlcpy(s->peer, d->name, sizeof(s->peer));
	command_trace(s, "==", str_of(s->peer));
	if (client_open(s, d->fd, f) != 0)
		return fault(f, f->code, "%s: %s", s->peer, f->text);
	return 0;
}

/* With a login, another session may be needed (smtp/authenticate.c). */
static enum sandbox_phase
part(const struct courier *c)
{
	const struct relay *r = c->route.relay;

	return c->sole && count_untried(&c->route) == 1 && r->user == NULL &&
	    r->auth == NULL ? session_phase(&c->session) : SANDBOX_LISTEN;
}

/* Connects to one of the n best candidates. */
static int
try(struct courier *c, const size_t which[ROUTE_MAX], size_t n,
    int64_t deadline, struct fault *f)
{
	struct candidate *list = c->route.candidate;
	struct target target[ROUTE_MAX];
	const struct dial dial_to = { .relay = c->route.relay, .target = target,
	    .count = n, .deadline = share(&c->route, n, deadline),
	    /* Who looks on wants to see each step. */
	    .greeting = c->watch == NULL ? c->route.relay->timeout.greeting :
	    0, .part = part(c), .watch = c->watch };
	struct dialled dialled;

	for (size_t i = 0; i < n; i++)
		target[i] = (struct target){ .host = list[which[i]].host,
		    .port = list[which[i]].port,
		    .absolute = c->route.relay->kind != RELAY_SMTP,
		    .speaks = list[which[i]].tls != TLS_IMPLICIT };
	if (dial(&dial_to, &dialled, f) != 0) {
		for (size_t i = 0; i < n; i++)
			list[which[i]].tried = true;
		command_trace(&c->session, "==", str_of(f->text));
		/* Lack of an address is final where there is no MX either. */
		if (!c->route.implicit || c->route.relay->family != FAMILY_ANY)
			f->code = EX_UNAVAILABLE;
		return -1;
	}
	list[which[dialled.target]].tried = true;
	c->session.waited = dialled.waited;
	c->session.greeted = dialled.greeted;
	if (dialled.parted)
		c->sole = false;
	return open_session(c, &list[which[dialled.target]], &dialled, f);
}

/* What is wrong with the settings is wrong everywhere. */
static bool
final(const struct fault *f)
{
	return f->code == EX_NOPERM || f->code == EX_CONFIG;
}

static int
proceed(struct courier *c, int64_t deadline, struct fault *f)
{
	const struct relay *r = c->route.relay;
	size_t which[ROUTE_MAX], n = best(&c->route, which);

	c->used = false;
	while (n > 0) {
		leave(c);
		if (try(c, which, n, deadline, f) == 0)
			return 0;
		watch_failed(c->watch, f);
		/* Who has answered has used time that was not meant for it. */
		if (c->session.stream != NULL)
			deadline = clock_deadline(r->timeout.connect,
			    c->session.limit);
		n = best(&c->route, which);
		if (final(f) || clock_left(deadline) == 0)
			n = 0;
		if (n > 0)
			courier_log(r, f);
	}
	leave(c);
	return -1;
}

bool
courier_more(const struct courier *c)
{
	size_t which[ROUTE_MAX];

	return best(&c->route, which) > 0;
}

int
courier_next(struct courier *c, struct fault *f)
{
	if (!courier_more(c) || clock_left(c->session.limit) == 0)
		return fault(f, EX_UNAVAILABLE, "no other server");
	return proceed(c, clock_deadline(c->route.relay->timeout.connect,
	    c->session.limit), f);
}

/* The session is one with this relay, as far as we have heard. */
static bool
is_open(const struct courier *c, const struct relay *r, const char *domain)
{
	const struct session *s = &c->session;

	return s->stream != NULL && c->route.relay == r && !s->lost &&
	    !s->quit && strcmp(c->route.domain, domain) == 0;
}

/* Finds the servers, and shows them where they had to be looked for. */
static int
find(struct courier *c, const struct relay *r, const char *domain,
    int64_t deadline, struct fault *f)
{
	const char *name = domain[0] != '\0' ? domain : r->host;
	const bool plain = r->kind == RELAY_SMTP;
	struct route *route = &c->route;

	if (!plain)
		watch_see(c->watch, STAGE_ROUTE, SIGHT_BEGUN, "%s", name);
	if (route_find(route, r, domain, deadline, f) != 0)
		return -1;
	if (plain)
		return 0;
	for (size_t i = 0; i < route->count; i++)
		watch_see(c->watch, STAGE_ROUTE, SIGHT_NOTED, "%s:%u",
		    route->candidate[i].host,
		    (unsigned)route->candidate[i].port);
	watch_see(c->watch, STAGE_ROUTE, SIGHT_DONE, "%s", route->domain);
	return 0;
}

int
courier_connect(struct courier *c, const struct relay *r, const char *domain,
    struct fault *f)
{
	const struct session *s = &c->session;
	int64_t deadline = clock_deadline(r->timeout.connect, s->limit);

	if (is_open(c, r, domain) && stream_quiet(s->stream)) {
		c->used = true;
		return 0;
	}
	courier_rest(c);
	c->session.trace = c->trace;
	if (find(c, r, domain, deadline, f) != 0)
		command_trace(&c->session, "==", str_of(f->text));
	else if (proceed(c, deadline, f) == 0)
		return 0;
	watch_failed(c->watch, f);
	/* There is no domain: there is nobody to be left alone. */
	if (r->kind != RELAY_DIRECT || f->code != EX_NOHOST)
		courier_failed(c, r, domain);
	return -1;
}

struct outage *
courier_outage(struct courier *c, const struct relay *r, const char *domain)
{
	struct outage *grown;

	for (size_t i = 0; i < c->outages; i++)
		if (c->outage[i].relay == r &&
		    strcasecmp(c->outage[i].domain, domain) == 0)
			return &c->outage[i];
	if (!c->spooled)
		return NULL;
	grown = reallocarray(c->outage, c->outages + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	c->outage = grown;
	grown[c->outages] = (struct outage){ .relay = r };
	(void)strlcpy(grown[c->outages].domain, domain, ANSWER_NAME);
	return &grown[c->outages++];
}

bool
courier_may_ask(const struct courier *c, const struct relay *r,
    const char *domain)
{
	return is_open(c, r, domain) ||
	    backoff_claim(c->place, r, domain, c->caller, time(NULL));
}

void
courier_failed(const struct courier *c, const struct relay *r,
    const char *domain)
{
	/* It may be us who had enough of it. */
	if (!signals_stopped())
		backoff_failed(c->place, r, domain, time(NULL));
}

void
courier_forget(struct courier *c)
{
	free(c->outage);
	c->outage = NULL;
	c->outages = 0;
}

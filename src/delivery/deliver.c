/* SPDX-License-Identifier: ISC */
/*
 * Which relay gets the mail, and what becomes of the recipients when one of
 * them fails.  One attempt is one transaction with one relay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/signals.h"
#include "delivery/deliver.h"
#include "delivery/maildir.h"
#include "net/dial.h"
#include "smtp/client.h"
#include "smtp/command.h"
#include "smtp/probe.h"

/* A relay that breaks off this often is down, and no mail is to blame. */
enum { LOSSES_MAX = 3 };

/* Gives every open recipient the same result. */
static void
settle(struct mail *m, enum rcpt_state state, const struct fault *why,
    const char *dsn)
{
	for (size_t i = 0; i < m->envelope.count; i++) {
		struct rcpt *rcpt = &m->envelope.rcpt[i];

		if (!rcpt_open(rcpt))
			continue;
		rcpt_relay(rcpt, NULL);
		rcpt_result(rcpt, state, why->code, dsn, why->text);
	}
}

/*
 * A session that could not be opened: an authentication or configuration that
 * is wrong stays wrong, everything else may be better at the next relay.
 */
static void
settle_session(const struct courier *c, struct mail *m,
    const struct fault *why)
{
	if (why->code == EX_NOPERM)
		settle(m, c->spooled ? RCPT_TEMPORARY : RCPT_PERMANENT, why,
		    c->spooled ? "4.7.8" : "5.7.8");
	else if (why->code == EX_CONFIG)
		settle(m, c->spooled ? RCPT_TEMPORARY : RCPT_PERMANENT, why,
		    c->spooled ? "4.3.5" : "5.3.5");
	else
		settle(m, RCPT_TEMPORARY, why, "4.4.1");
}

void
courier_rest(struct courier *c)
{
	client_close(&c->session);
}

static int
open_session(struct courier *c, const struct relay *r, struct fault *f)
{
	struct session *s = &c->session;
	char address[DIAL_NAME_MAX];
	int fd;

	s->relay = r;
	s->hostname = c->hostname;
	s->trace = c->trace;
	s->last = c->last;
	s->lost = s->quit = s->unproven = false;
	c->used = false;
	(void)snprintf(s->peer, sizeof(s->peer), "%s:%u", r->host,
	    (unsigned)r->port);
	fd = dial(r->host, r->port,
	    clock_deadline(r->timeout.connect, s->limit), address, f);
	if (fd < 0) {
		command_trace(s, "==", str_of(f->text));
		return -1;
	}
	(void)snprintf(s->peer, sizeof(s->peer), "%s[%s]:%u", r->host, address,
	    (unsigned)r->port);
	command_trace(s, "==", str_of(s->peer));
	if (client_open(s, fd, f) != 0)
		return fault(f, f->code, "%s: %s", s->peer, f->text);
	return 0;
}

int
courier_connect(struct courier *c, const struct relay *r, struct fault *f)
{
	struct session *s = &c->session;

	if (s->stream != NULL && s->relay == r && !s->lost && !s->quit &&
	    stream_quiet(s->stream)) {
		c->used = true;
		return 0;
	}
	courier_rest(c);
	if (open_session(c, r, f) == 0)
		return 0;
	courier_rest(c);
	return -1;
}

static int
transact(struct courier *c, struct mail *m, struct fault *f)
{
	return c->probe ? probe_run(&c->session, m, f) :
	    transaction_run(&c->session, m, f);
}

/* The record of a relay's troubles; NULL when it is not to be kept. */
static struct outage *
outage_of(struct courier *c, const struct relay *r)
{
	struct outage *grown;

	for (size_t i = 0; i < c->outages; i++)
		if (c->outage[i].relay == r)
			return &c->outage[i];
	if (!c->spooled)
		return NULL;
	grown = reallocarray(c->outage, c->outages + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	c->outage = grown;
	grown[c->outages] = (struct outage){ .relay = r };
	return &grown[c->outages++];
}

bool
courier_hopeless(const struct courier *c)
{
	const struct relay *r;

	STAILQ_FOREACH(r, &c->conf->relays, next) {
		size_t i = 0;

		while (i < c->outages && (c->outage[i].relay != r ||
		    c->outage[i].why.code == 0))
			i++;
		if (i == c->outages)
			return false;
	}
	return true;
}

void
courier_forget(struct courier *c)
{
	free(c->outage);
	c->outage = NULL;
	c->outages = 0;
}

/*
 * One try of a mail at a relay: 0 when a dialogue came to its end, 1 when it
 * broke off, -1 when there was none.
 */
static int
try(struct courier *c, const struct relay *r, struct mail *m,
    struct outage *o)
{
	struct session *s = &c->session;
	struct fault why;

	if (courier_connect(c, r, &why) != 0) {
		if (STAILQ_NEXT(r, next) != NULL)
			log_line(true, "relay=%s, status=unavailable (%s)",
			    r->url, why.text);
		settle_session(c, m, &why);
		if (o != NULL)
			o->why = why;
		return -1;
	}
	s->last = c->last;
	if (transact(c, m, &why) == 0) {
		if (o != NULL)
			o->losses = 0;
		return 0;
	}
	if (o != NULL && ++o->losses >= LOSSES_MAX)
		o->why = why;
	return 1;
}

static void
attempt_smtp(struct courier *c, const struct relay *r, struct mail *m)
{
	struct outage *o = outage_of(c, r);
	struct session *s = &c->session;
	int status;

	if (o != NULL && o->why.code != 0) {
		settle_session(c, m, &o->why);
		return;
	}
	s->alone = false;
	status = try(c, r, m, o);
	/* A connection kept open was closed, or AUTH must stand alone. */
	if (status < 0 || !(s->alone || (status > 0 && c->used)) ||
	    envelope_open(&m->envelope) == 0)
		return;
	s->lost = true;
	(void)try(c, r, m, o);
}

static void
attempt_maildir(const struct courier *c, const struct relay *r, struct mail *m)
{
	struct fault why = { 0 };
	struct buf name;

	if (c->probe) {
		(void)snprintf(why.text, sizeof(why.text), "a Maildir");
		settle(m, RCPT_SENT, &why, "2.0.0");
		return;
	}
	buf_init(&name, 256);
	if (maildir_deliver(r->path, m, &name, &why) != 0)
		settle(m, RCPT_TEMPORARY, &why, "4.3.0");
	else {
		(void)snprintf(why.text, sizeof(why.text), "delivered as %s",
		    name.p);
		settle(m, RCPT_SENT, &why, "2.0.0");
	}
	buf_free(&name);
}

void
deliver(struct courier *c, struct mail *m)
{
	const struct relay *r;

	c->session.limit = clock_deadline(c->conf->timeout_total, CLOCK_NEVER);
	STAILQ_FOREACH(r, &c->conf->relays, next) {
		if (envelope_open(&m->envelope) == 0 || signals_stopped() ||
		    clock_left(c->session.limit) == 0)
			break;
		if (r->kind == RELAY_MAILDIR)
			attempt_maildir(c, r, m);
		else
			attempt_smtp(c, r, m);
	}
}


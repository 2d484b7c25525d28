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
#include "delivery/deliver.h"
#include "delivery/maildir.h"
#include "net/dial.h"
#include "smtp/client.h"
#include "smtp/command.h"
#include "smtp/probe.h"

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
settle_session(struct mail *m, const struct fault *why)
{
	if (why->code == EX_NOPERM)
		settle(m, RCPT_PERMANENT, why, "5.7.8");
	else if (why->code == EX_CONFIG)
		settle(m, RCPT_PERMANENT, why, "5.3.5");
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

static void
attempt_smtp(struct courier *c, const struct relay *r, struct mail *m)
{
	struct session *s = &c->session;
	struct fault why;

	s->alone = false;
	if (courier_connect(c, r, &why) != 0) {
		if (STAILQ_NEXT(r, next) != NULL)
			log_line(true, "relay=%s, status=unavailable (%s)",
			    r->url, why.text);
		settle_session(m, &why);
		return;
	}
	s->last = c->last;
	if (transact(c, m, &why) == 0 ? !s->alone :
	    !s->alone && !c->used)
		return;
	/* A connection kept open was closed, or AUTH must stand alone. */
	if (envelope_open(&m->envelope) > 0) {
		s->lost = true;
		if (courier_connect(c, r, &why) != 0)
			settle_session(m, &why);
		else
			(void)transact(c, m, &why);
	}
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
		if (envelope_open(&m->envelope) == 0 ||
		    clock_left(c->session.limit) == 0)
			break;
		if (r->kind == RELAY_MAILDIR)
			attempt_maildir(c, r, m);
		else
			attempt_smtp(c, r, m);
	}
}


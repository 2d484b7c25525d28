/* SPDX-License-Identifier: ISC */
/*
 * Which relay gets the mail, and what becomes of the recipients when one of
 * them fails.  One attempt() is one session with one relay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "delivery/deliver.h"
#include "delivery/maildir.h"
#include "net/dial.h"
#include "smtp/client.h"
#include "smtp/command.h"
#include "smtp/transaction.h"

/* Gives every open recipient the same result. */
static void
settle(struct mail *m, enum rcpt_state state, const struct fault *why,
    const char *dsn)
{
	for (size_t i = 0; i < m->envelope.count; i++)
		if (rcpt_open(&m->envelope.rcpt[i]))
			rcpt_result(&m->envelope.rcpt[i], state, why->code,
			    dsn, why->text);
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

/* Notes who answered for the recipients that were tried. */
static void
note_relay(struct mail *m, const bool *tried, const char *peer)
{
	for (size_t i = 0; i < m->envelope.count; i++) {
		struct rcpt *rcpt = &m->envelope.rcpt[i];

		if (!tried[i])
			continue;
		free(rcpt->relay);
		rcpt->relay = strdup(peer);
	}
}

static void
attempt_smtp(const struct delivery *d, struct session *s, struct mail *m)
{
	const struct relay *r = s->relay;
	char address[DIAL_NAME_MAX];
	struct fault why;
	int fd;

	(void)snprintf(s->peer, sizeof(s->peer), "%s:%u", r->host,
	    (unsigned)r->port);
	fd = dial(r->host, r->port,
	    clock_deadline(r->timeout.connect, s->limit), address, &why);
	if (fd < 0) {
		if (s->trace)
			command_trace(s, "==", str_of(why.text));
		settle(m, RCPT_TEMPORARY, &why, "4.4.1");
		return;
	}
	(void)snprintf(s->peer, sizeof(s->peer), "%s[%s]:%u", r->host, address,
	    (unsigned)r->port);
	s->trace = d->trace;
	command_trace(s, "==", str_of(s->peer));
	if (client_open(s, fd, &why) != 0)
		settle_session(m, &why);
	else
		(void)transaction_run(s, m, &why);
	client_close(s);
}

static void
attempt_maildir(const struct relay *r, struct mail *m)
{
	struct buf name;
	struct fault why = { 0 };

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

static void
attempt(const struct delivery *d, const struct relay *r, int64_t limit,
    struct mail *m)
{
	struct session s = { .relay = r, .hostname = d->hostname,
	    .limit = limit, .trace = d->trace };
	bool *tried = calloc(m->envelope.count, sizeof(*tried));

	for (size_t i = 0; tried != NULL && i < m->envelope.count; i++)
		tried[i] = rcpt_open(&m->envelope.rcpt[i]);
	if (r->kind == RELAY_MAILDIR) {
		(void)snprintf(s.peer, sizeof(s.peer), "%s", r->url);
		attempt_maildir(r, m);
	} else
		attempt_smtp(d, &s, m);
	if (tried != NULL)
		note_relay(m, tried, s.peer);
	free(tried);
}

void
deliver(const struct delivery *d, struct mail *m)
{
	int64_t limit = clock_deadline(d->conf->timeout_total, CLOCK_NEVER);
	const struct relay *r;

	STAILQ_FOREACH(r, &d->conf->relays, next) {
		if (envelope_open(&m->envelope) == 0)
			break;
		if (clock_left(limit) == 0)
			break;
		attempt(d, r, limit, m);
	}
}

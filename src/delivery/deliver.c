/* SPDX-License-Identifier: ISC */
/*
 * Which relay gets the mail, and what becomes of the recipients when one of
 * them fails.  One attempt is one transaction with one relay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/signals.h"
#include "delivery/choice.h"
#include "delivery/deliver.h"
#include "delivery/maildir.h"
#include "smtp/probe.h"

/*
 * A relay that breaks off this often is down, and no mail is to blame.  So many
 * recipients each server takes at a time (RFC 5321 section 4.5.3.1.8).
 */
enum { LOSSES_MAX = 3, RCPT_SURE = 100 };

/* Gives every open recipient the same result. */
static void
settle(struct mail *m, enum rcpt_state state, const struct fault *why,
    const char *dsn)
{
	for (size_t i = 0; i < m->envelope.count; i++) {
		struct rcpt *rcpt = &m->envelope.rcpt[i];

		if (!rcpt_open(rcpt))
			continue;
		rcpt_relay(&m->envelope, rcpt, NULL);
		rcpt_result(&m->envelope, rcpt, state, dsn, why);
	}
}

/*
 * A session that could not be opened: an authentication or configuration that
 * is wrong stays wrong, and so does a recipient's domain that does not exist;
 * everything else may be better at the next relay.
 */
static void
settle_session(const struct courier *c, const struct relay *r, struct mail *m,
    const struct fault *why)
{
	struct fault mild = *why;

	if (why->code == EX_NOPERM)
		settle(m, c->spooled ? RCPT_TEMPORARY : RCPT_PERMANENT, why,
		    c->spooled ? "4.7.8" : "5.7.8");
	else if (why->code == EX_CONFIG)
		settle(m, c->spooled ? RCPT_TEMPORARY : RCPT_PERMANENT, why,
		    c->spooled ? "4.3.5" : "5.3.5");
	else if (why->code == EX_NOHOST && r->kind == RELAY_DIRECT)
		settle(m, RCPT_PERMANENT, why, c->route.dsn);
	else if (why->code == EX_NOHOST) {
		mild.code = EX_UNAVAILABLE;
		settle(m, RCPT_TEMPORARY, &mild, "4.4.4");
	} else
		settle(m, RCPT_TEMPORARY, why, "4.4.1");
}

static int
transact(struct courier *c, struct mail *m, struct fault *f)
{
	return c->probe ? probe_run(&c->session, m, f) :
	    transaction_run(&c->session, m, f);
}

/* The server of the session gets the mail, or fails to; 0 when it answered. */
static int
hand_over(struct courier *c, struct mail *m, struct outage *o)
{
	const struct relay *r = c->route.relay;
	struct fault why;
	int status;

	c->session.last = c->last && envelope_open(&m->envelope) <=
	    (c->session.crowd > 0 ? c->session.crowd : RCPT_SURE);
	c->session.only = c->sole && !courier_more(c);
	session_part(&c->session);
	status = transact(c, m, &why);
	if (status == 0)
		c->worked |= !c->used;
	if (o != NULL && status == 0)
		o->losses = 0;
	else if (o != NULL && ++o->losses >= LOSSES_MAX) {
		o->why = why;
		courier_failed(c, r, c->route.domain);
	}
	return status;
}

/* As many times as the server takes some and says that they are too many. */
static int
hand_over_all(struct courier *c, struct mail *m, struct outage *o)
{
	const struct session *s = &c->session;
	size_t left = envelope_open(&m->envelope), before;
	int status;

	for (;;) {
		before = left;
		status = hand_over(c, m, o);
		left = envelope_open(&m->envelope);
		/* A message that was refused need not be shown again. */
		if (status != 0 || s->crowd == 0 || s->quit || left == 0 ||
		    left == before || s->reply.code / 100 != 2 ||
		    signals_stopped())
			return status;
		/* The connection may be closed now, as a kept one may. */
		c->used = true;
	}
}

static int
reach(struct courier *c, const struct relay *r, const char *domain,
    struct mail *m)
{
	struct outage *o = courier_outage(c, r, domain);
	struct fault why;

	if (courier_connect(c, r, domain, &why) == 0)
		return 0;
	if (choice_next(c->conf, m->envelope.sender, r) != NULL)
		courier_log(r, &why);
	settle_session(c, r, m, &why);
	if (o != NULL)
		o->why = why;
	return -1;
}

/* Tries one server behind the relay after the other. */
static void
attempt_server(struct courier *c, const struct relay *r, const char *domain,
    struct mail *m)
{
	struct outage *o = courier_outage(c, r, domain);
	struct session *s = &c->session;
	struct fault ignored;
	int status;

	if (o != NULL && o->why.code != 0) {
		/* The spool may be another user's than when it was asked. */
		courier_failed(c, r, domain);
		settle_session(c, r, m, &o->why);
		return;
	}
	s->alone = false;
	c->sole = c->only && r->kind != RELAY_DIRECT &&
	    envelope_open(&m->envelope) <= RCPT_SURE &&
	    choice_next(c->conf, m->envelope.sender, r) == NULL;
	/* A large message may have to be written anew. */
	s->keeps = c->conf->keeps || mail_size(m) > STORE_MEMORY / 4;
	if (!courier_may_ask(c, r, domain) || reach(c, r, domain, m) != 0)
		return;
	do {
		status = hand_over_all(c, m, o);
		/* A kept connection was closed, or AUTH must stand alone. */
		if ((s->alone || (status != 0 && c->used)) &&
		    envelope_open(&m->envelope) > 0) {
			s->lost = true;
			if (reach(c, r, domain, m) != 0)
				return;
			(void)hand_over_all(c, m, o);
		}
	} while (envelope_open(&m->envelope) > 0 && !signals_stopped() &&
	    courier_next(c, &ignored) == 0);
}

/* One of those who get the mail directly. */
struct addressee {
	struct rcpt	*rcpt;
	char		*ascii;		/* his domain, when it is written
					   in another way; or NULL */
};

static const char *
domain_of(const struct addressee *a)
{
	const char *at = strrchr(a->rcpt->address, '@');

	if (a->ascii != NULL)
		return a->ascii;
	return at == NULL ? "" : at + 1;
}

static void
enlist(struct addressee *a, struct rcpt *rcpt)
{
	char ascii[IDNA_MAX + 1];

	*a = (struct addressee){ .rcpt = rcpt };
	rcpt->held = true;
	if (str_has_8bit(str_of(domain_of(a)))) {
		choice_domain(rcpt->address, ascii);
		a->ascii = strdup(ascii);
	}
}

static int
by_domain(const void *a, const void *b)
{
	return strcasecmp(domain_of(a), domain_of(b));
}

/* Each domain gets the mail from us; its recipients share a transaction. */
static void
attempt_direct(struct courier *c, const struct relay *r, struct mail *m)
{
	struct envelope *e = &m->envelope;
	struct addressee *list = calloc(e->count, sizeof(*list));
	struct fault why;
	size_t count = 0, end;

	if (list == NULL) {
		(void)fault(&why, EX_OSERR, "out of memory");
		settle(m, RCPT_TEMPORARY, &why, "4.3.0");
		return;
	}
	for (size_t i = 0; i < e->count; i++)
		if (rcpt_open(&e->rcpt[i]))
			enlist(&list[count++], &e->rcpt[i]);
	qsort(list, count, sizeof(*list), by_domain);
	for (size_t i = 0; i < count; i = end) {
		for (end = i; end < count &&
		    by_domain(&list[i], &list[end]) == 0; end++)
			list[end].rcpt->held = false;
		attempt_server(c, r, domain_of(&list[i]), m);
		for (size_t j = i; j < end; j++)
			list[j].rcpt->held = true;
	}
	for (size_t i = 0; i < count; i++) {
		list[i].rcpt->held = false;
		free(list[i].ascii);
	}
	free(list);
}

static void
attempt_maildir(const struct courier *c, const struct relay *r, struct mail *m)
{
	struct fault why = { 0 };
	struct buf name;
	int status;

	if (c->probe) {
		(void)snprintf(why.text, sizeof(why.text), "a Maildir");
		if (maildir_check(r->path, &why) != 0)
			settle(m, RCPT_TEMPORARY, &why, "4.3.0");
		else
			settle(m, RCPT_SENT, &why, "2.0.0");
		return;
	}
	buf_init(&name, 256);
	status = maildir_deliver(r->path, m, &name, &why);
	if (status != 0) {
		settle(m, RCPT_TEMPORARY, &why, "4.3.0");
		for (size_t i = 0; i < m->envelope.count; i++)
			m->envelope.rcpt[i].unsure |= status > 0 &&
			    rcpt_open(&m->envelope.rcpt[i]);
	} else {
		(void)snprintf(why.text, sizeof(why.text), "delivered as %s",
		    name.p);
		settle(m, RCPT_SENT, &why, "2.0.0");
	}
	buf_free(&name);
}

void
deliver_to(struct courier *c, const struct relay *r, struct mail *m)
{
	struct fault why;

	if ((c->probe ? self_path(c->self, r, m, &why) :
	    self_dress(c->self, r, m, &why)) != 0)
		settle_session(c, r, m, &why);
	else if (r->kind == RELAY_MAILDIR)
		attempt_maildir(c, r, m);
	else if (r->kind == RELAY_DIRECT)
		attempt_direct(c, r, m);
	else
		attempt_server(c, r, "", m);
}

void
deliver(struct courier *c, struct mail *m)
{
	const char *sender = m->envelope.sender;
	const struct relay *r = choice_next(c->conf, sender, NULL);
	struct fault why;

	if (r == NULL) {
		(void)self_dress(c->self, NULL, m, &why);
		(void)fault(&why, EX_CONFIG, "no relay for the sender <%s>",
		    sender);
		settle_session(c, STAILQ_FIRST(&c->conf->relays), m, &why);
	}
	c->session.limit = clock_deadline(c->conf->timeout_total, CLOCK_NEVER);
	for (; r != NULL; r = choice_next(c->conf, sender, r)) {
		if (envelope_open(&m->envelope) == 0 || signals_stopped() ||
		    clock_left(c->session.limit) == 0)
			break;
		deliver_to(c, r, m);
	}
}

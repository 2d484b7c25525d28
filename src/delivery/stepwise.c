/* SPDX-License-Identifier: ISC */
/*
 * Delivery in the steps of an SMTP dialogue: what the relay says to MAIL, RCPT
 * and the message is what the client on the other side is told.
 */
#include <stdio.h>

#include "base/clock.h"
#include "delivery/deliver.h"
#include "delivery/choice.h"

/* The relay's own words; but it is not us who close the connection. */
static void
quote(struct verdict *v, const struct reply *r)
{
	v->code = r->code == 421 ? 451 : r->code;
	(void)snprintf(v->text, sizeof(v->text), "%.*s",
	    (int)(r->text.n < sizeof(v->text) ? r->text.n :
	    sizeof(v->text) - 1), r->text.n == 0 ? "" : r->text.p);
	/* RFC 5321 section 4.2: text is printable. */
	for (char *p = v->text; *p != '\0'; p++)
		if (((unsigned char)*p < ' ' && *p != '\n') || *p == 127)
			*p = ' ';
}

void
verdict_say(struct verdict *v, int code, const char *dsn, const char *text)
{
	v->code = code;
	(void)snprintf(v->text, sizeof(v->text), "%s %s", dsn, text);
}

/* What a session that failed means to a client: permanent only where sure. */
static void
say_fault(struct verdict *v, const struct fault *f)
{
	if (f->code == EX_NOPERM || f->code == EX_CONFIG)
		verdict_say(v, 554, "5.3.5", f->text);
	else if (f->code == EX_DATAERR)
		verdict_say(v, 554, "5.6.0", f->text);
	else
		verdict_say(v, 451, "4.4.1", f->text);
}

/* Says MAIL to the server of the session; false: another may do better. */
static bool
begin(struct courier *c, struct mail *m, struct verdict *v)
{
	struct fault f;

	if (transaction_open(&c->current, &c->session, m, &f) != 0) {
		bool asked = c->current.sent > 0;

		say_fault(v, &f);
		transaction_drop(&c->current);
		/* It is not for this relay, and will not be. */
		if (!asked) {
			verdict_say(v, 554, f.code == EX_DATAERR ? "5.6.7" :
			    "5.7.0", f.text);
			return true;
		}
		/* A connection kept open may have been closed meanwhile. */
		return c->used && courier_connect(c, c->route.relay,
		    c->route.domain, &f) == 0 && begin(c, m, v);
	}
	c->worked |= !c->used;
	quote(v, &c->session.reply);
	if (v->code / 100 != 2)
		transaction_drop(&c->current);
	return v->code / 100 != 4;
}

/* Asks the servers of one relay. */
static bool
begin_at(struct courier *c, const struct relay *r, struct mail *m,
    struct verdict *v)
{
	struct fault f;

	if (self_path(c->self, r, m, &f) != 0 ||
	    courier_connect(c, r, "", &f) != 0) {
		say_fault(v, &f);
		return v->code / 100 == 5;
	}
	do
		if (begin(c, m, v))
			return true;
	while (courier_next(c, &f) == 0);
	return false;
}

void
deliver_begin(struct courier *c, struct mail *m, struct verdict *v)
{
	const char *sender = m->envelope.sender;
	const struct relay *r = choice_next(c->conf, sender, NULL);

	c->session.limit = clock_deadline(c->conf->timeout_total, CLOCK_NEVER);
	if (r == NULL)
		verdict_say(v, 550, "5.7.1", "no relay for this sender");
	for (; r != NULL; r = choice_next(c->conf, sender, r)) {
		bool deferred = r->kind == RELAY_MAILDIR ||
		    r->kind == RELAY_DIRECT;

		if (deferred)
			verdict_say(v, 250, "2.1.0", "Ok");
		if (deferred || begin_at(c, r, m, v))
			break;
	}
}

void
deliver_accept(struct courier *c, struct mail *m, size_t i,
    struct verdict *v)
{
	const struct rcpt *rcpt = &m->envelope.rcpt[i];
	struct fault f;

	verdict_say(v, 250, "2.1.5", "Ok");
	if (rcpt->state == RCPT_PERMANENT)
		verdict_say(v, 553, rcpt->last->dsn, rcpt->last->reply);
	else if (c->current.s != NULL && !c->session.lost) {
		if (transaction_add(&c->current, i, &f) != 0)
			return;
		if (rcpt->state == RCPT_PENDING || c->session.reply.code >= 400)
			quote(v, &c->session.reply);
		else
			verdict_say(v, 550, rcpt->last->dsn, rcpt->last->reply);
	}
}

/* A recipient without the mail; one who may yet get it before others. */
static const struct rcpt *
find_failed(const struct envelope *e)
{
	const struct rcpt *failed = NULL;

	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *rcpt = &e->rcpt[i];

		if (rcpt->state == RCPT_SENT || rcpt->told)
			continue;
		if (rcpt->state != RCPT_PERMANENT)
			return rcpt;
		if (failed == NULL)
			failed = rcpt;
	}
	return failed;
}

/* One answer for all recipients: yes only when each was served. */
static void
conclude(const struct courier *c, const struct mail *m, struct verdict *v)
{
	const struct rcpt *failed = find_failed(&m->envelope);
	const struct reply *last = &c->session.reply;
	/* Its last words, unless they were about something else. */
	int class = c->session.stream == NULL ? 0 : last->code / 100;
	bool permanent = failed != NULL && failed->state == RCPT_PERMANENT;

	if (class == (failed == NULL ? 2 : permanent ? 5 : 4))
		quote(v, last);
	else if (failed == NULL)
		verdict_say(v, 250, "2.0.0", "Ok");
	else
		verdict_say(v, permanent ? 554 : 451, failed->last->dsn,
		    failed->last->reply);
}

void
deliver_finish(struct courier *c, struct mail *m, struct verdict *v)
{
	struct fault f;

	if (c->current.s != NULL &&
	    self_dress(c->self, c->session.relay, m, &f) != 0)
		deliver_drop(c);
	if (c->current.s != NULL)
		(void)transaction_finish(&c->current, &f);
	deliver(c, m);
	conclude(c, m, v);
}

void
deliver_drop(struct courier *c)
{
	if (c->current.s != NULL)
		transaction_drop(&c->current);
}

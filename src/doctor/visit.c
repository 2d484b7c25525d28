/* SPDX-License-Identifier: ISC */
/*
 * One relay after the other is offered the mail, by the code that delivers.
 * Unlike a delivery it does not end with the first that takes it: a relay that
 * is there in case the first one fails should be known to work.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "delivery/choice.h"
#include "delivery/result.h"
#include "doctor/records.h"
#include "doctor/visit.h"
#include "mail/sender_map.h"

/* True when no relay before has settled the matter. */
static bool
is_open(const struct fate *f)
{
	return f->state == RCPT_PENDING || f->state == RCPT_TEMPORARY;
}

/* All that are addresses at all are to be asked about. */
static void
ask_all(struct visit *v)
{
	struct envelope *e = &v->mail.envelope;

	for (size_t i = 0; i < e->count; i++)
		if (!v->fate[i].invalid)
			e->rcpt[i].state = RCPT_PENDING;
}

/* A relay's answers are the recipients' results unless they have some. */
static void
note_fates(struct visit *v)
{
	for (size_t i = 0; i < v->mail.envelope.count; i++) {
		const struct rcpt *r = &v->mail.envelope.rcpt[i];
		struct fate *f = &v->fate[i];

		if (!is_open(f) || r->held)
			continue;
		f->state = r->state;
		f->code = r->last->code;
		(void)strlcpy(f->reply, r->last->reply, sizeof(f->reply));
	}
}

/* A Maildir has no dialogue that could be looked at. */
static void
report_maildir(struct visit *v, const struct rcpt *r)
{
	struct step s;

	step_begin(&s, "maildir");
	step_say(&s, "%s", r->last->reply);
	if (r->state != RCPT_SENT)
		step_judge(&s, STEP_FAILURE, "let this user write there, or "
		    "make the directory");
	paper_step(v->paper, &s);
}

/* Who has said yes, and nobody before, gets the message. */
static bool
choose(struct visit *v)
{
	bool any = false;

	for (size_t i = 0; i < v->mail.envelope.count; i++) {
		struct rcpt *r = &v->mail.envelope.rcpt[i];
		bool wanted = r->state == RCPT_SENT && is_open(&v->fate[i]);

		any = any || wanted;
		r->held = !wanted;
		if (wanted)
			r->state = RCPT_PENDING;
	}
	return any;
}

/* --send: hands the message over. */
static void
hand_over(struct visit *v, const struct relay *r)
{
	struct envelope *e = &v->mail.envelope;
	int64_t started = clock_ms();
	struct step s;

	if (!choose(v))
		goto out;
	step_begin(&s, "message");
	v->courier.probe = false;
	v->courier.watch = NULL;
	deliver_to(&v->courier, r, &v->mail);
	v->courier.watch = &v->exam.watch;
	v->courier.probe = true;
	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *one = &e->rcpt[i];

		if (one->held)
			continue;
		result_log_rcpt(one, NULL, clock_ms() - started);
		step_say(&s, "<%s>: %s", one->address, one->last->reply);
		if (one->state != RCPT_SENT)
			step_judge(&s, STEP_FAILURE, "%s", "");
	}
	paper_step(v->paper, &s);
	note_fates(v);
out:
	for (size_t i = 0; i < e->count; i++)
		e->rcpt[i].held = false;
}

/* A mail that cannot be made for this relay, because of the settings. */
static void
report_dress(struct visit *v, const struct fault *why)
{
	struct step s;

	step_begin(&s, "sender");
	step_say(&s, "%s", why->text);
	step_judge(&s, STEP_FAILURE, "%s", "check from, force-from and "
	    "sender-map");
	paper_step(v->paper, &s);
}

/* Others will look at what this relay passes on. */
static void
check_records(struct visit *v, const struct relay *r)
{
	const struct sent sent = { .conf = v->courier.conf, .relay = r,
	    .mail = &v->mail, .peer = &v->exam.peer, .own = &v->exam.own };

	records_check(v->paper, &sent);
}

static void
visit(struct visit *v, const struct relay *r)
{
	struct fault f;

	paper_relay(v->paper, r->url, r->line);
	v->exam.peer = v->exam.own = (struct address){ .size = 0 };
	ask_all(v);
	if (self_dress(v->courier.self, r, &v->mail, &f) != 0)
		report_dress(v, &f);
	deliver_to(&v->courier, r, &v->mail);
	if (r->kind == RELAY_MAILDIR)
		report_maildir(v, &v->mail.envelope.rcpt[0]);
	if (v->send)
		hand_over(v, r);
	note_fates(v);
	courier_rest(&v->courier);
	if (r->kind != RELAY_MAILDIR)
		check_records(v, r);
}

/* A relay that would not be asked about this sender. */
static void
knock(struct visit *v, const struct relay *r)
{
	const char *sender = v->mail.envelope.sender;
	struct fault ignored;
	struct step s;

	paper_relay(v->paper, r->url, r->line);
	if (r->kind != RELAY_MAILDIR && r->kind != RELAY_DIRECT) {
		(void)courier_connect(&v->courier, r, "", &ignored);
		courier_rest(&v->courier);
	}
	step_begin(&s, "sender");
	step_say(&s, "not for <%s>: only for %s", sender, r->sender);
	paper_step(v->paper, &s);
}

/* The envelope gets the results that a delivery would have given it. */
static void
settle(struct visit *v)
{
	struct envelope *e = &v->mail.envelope;
	struct fault why;

	for (size_t i = 0; i < e->count; i++) {
		struct fate *f = &v->fate[i];

		(void)fault(&why, f->code, "%s", f->reply);
		rcpt_result(e, &e->rcpt[i], f->state, NULL, &why);
	}
}

static void
nobody(struct visit *v)
{
	const char *sender = v->mail.envelope.sender;
	struct step s;

	step_begin(&s, "sender");
	step_say(&s, "no relay for the sender <%s>", sender);
	step_judge(&s, STEP_FAILURE, "add a relay without sender lines");
	paper_step(v->paper, &s);
	for (size_t i = 0; i < v->mail.envelope.count; i++)
		if (is_open(&v->fate[i])) {
			v->fate[i].state = RCPT_PERMANENT;
			v->fate[i].code = EX_CONFIG;
			(void)strlcpy(v->fate[i].reply, s.text,
			    sizeof(v->fate[i].reply));
		}
}

int
visit_relays(struct visit *v, struct fault *f)
{
	const struct conf *conf = v->courier.conf;
	const char *sender = v->mail.envelope.sender;
	const struct relay *r = choice_next(conf, sender, NULL);

	v->fate = calloc(v->mail.envelope.count + 1, sizeof(*v->fate));
	if (v->fate == NULL)
		return fault(f, EX_OSERR, "out of memory");
	note_fates(v);
	for (size_t i = 0; i < v->mail.envelope.count; i++)
		v->fate[i].invalid = !is_open(&v->fate[i]);
	v->courier.probe = true;
	v->courier.session.limit = clock_deadline(conf->timeout_total,
	    CLOCK_NEVER);
	exam_open(&v->exam, &v->courier, v->paper);
	if (r == NULL)
		nobody(v);
	for (; r != NULL; r = choice_next(conf, sender, r))
		visit(v, r);
	STAILQ_FOREACH(r, &conf->relays, next)
		if (r->sender != NULL && !sender_matches(r->sender, sender))
			knock(v, r);
	exam_close(&v->exam);
	settle(v);
	free(v->fate);
	return 0;
}

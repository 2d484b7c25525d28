/* SPDX-License-Identifier: ISC */
/*
 * What the relay would say to a mail, RFC 5321 sections 3.3 and 3.5.  RCPT
 * decides: to VRFY most servers say 252, which means nothing, or what they
 * please.
 */
#include <stdio.h>

#include "smtp/command.h"
#include "smtp/offer.h"
#include "smtp/probe.h"
#include "smtp/transaction.h"

/* Adds the answer to VRFY or EXPN, whatever it is. */
static int
inquire(struct transaction *t, const char *verb, const char *address,
    struct fault *answers)
{
	char text[FAULT_TEXT], room[ADDR_MAX + 1];
	struct session *s = t->s;
	struct fault f;

	address = offer_address(t, address, room);
	if (command_ask(s, verb, address, &f) != 0) {
		*answers = f;
		return -1;
	}
	reply_format(&s->reply, text, sizeof(text));
	(void)fault(answers, EX_OK, "%s; %s: %s", answers->text, verb, text);
	return s->lost ? command_refused(s, verb, EX_UNAVAILABLE, answers) : 0;
}

static int
ask(struct transaction *t, size_t i, struct fault *f)
{
	struct rcpt *rcpt = &t->mail->envelope.rcpt[i];
	struct session *s = t->s;
	struct fault answers = { 0 };
	char dsn[sizeof(s->reply.dsn)];

	watch_see(s->watch, STAGE_RCPT, SIGHT_BEGUN, "%s", rcpt->address);
	if (transaction_add(t, i, f) != 0)
		return -1;
	if (rcpt->state != RCPT_PENDING) {
		(void)fault(&answers, rcpt->last->code, "%s",
		    rcpt->last->reply);
		watch_failed(s->watch, &answers);
		return 0;
	}
	reply_format(&s->reply, answers.text, sizeof(answers.text));
	watch_see(s->watch, STAGE_RCPT, SIGHT_DONE, "%s", answers.text);
	(void)snprintf(dsn, sizeof(dsn), "%s", reply_dsn(&s->reply));
	if ((s->can.verify &&
	    inquire(t, "VRFY", rcpt->address, &answers) != 0) ||
	    (s->can.expand &&
	    inquire(t, "EXPN", rcpt->address, &answers) != 0)) {
		*f = answers;
		return -1;
	}
	rcpt_result(&t->mail->envelope, rcpt, RCPT_SENT, dsn, &answers);
	return 0;
}

/* The same result for everybody who is open. */
static void
settle(struct session *s, struct mail *m, enum rcpt_state state,
    const char *dsn, const struct fault *why)
{
	struct envelope *e = &m->envelope;

	for (size_t i = 0; i < e->count; i++)
		if (rcpt_open(&e->rcpt[i])) {
			rcpt_relay(e, &e->rcpt[i], s->peer);
			rcpt_result(e, &e->rcpt[i], state, dsn, why);
		}
}

int
probe_run(struct session *s, struct mail *m, struct fault *f)
{
	const struct reply *r = &s->reply;
	struct transaction t;
	char said[FAULT_TEXT];
	int status;

	watch_see(s->watch, STAGE_MAIL, SIGHT_BEGUN, "%s", m->path);
	status = transaction_open(&t, s, m, f);
	if (status == 0 && t.refused) {
		(void)command_refused(s, "MAIL FROM", reply_refusal(r,
		    EX_DATAERR), f);
		settle(s, m, r->code / 100 == 5 ? RCPT_PERMANENT :
		    RCPT_TEMPORARY, reply_dsn(r), f);
		watch_failed(s->watch, f);
	} else if (status == 0) {
		reply_format(r, said, sizeof(said));
		watch_see(s->watch, STAGE_MAIL, SIGHT_DONE, "%s", said);
	}
	for (size_t i = 0; i < m->envelope.count && status == 0; i++)
		if (!t.refused && rcpt_open(&m->envelope.rcpt[i]))
			status = ask(&t, i, f);
	transaction_drop(&t);
	if (status != 0) {
		settle(s, m, f->code == EX_DATAERR ? RCPT_PERMANENT :
		    RCPT_TEMPORARY, f->code == EX_DATAERR ? "5.6.7" : "4.4.2",
		    f);
		watch_failed(s->watch, f);
	}
	return status;
}

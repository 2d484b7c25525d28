/* SPDX-License-Identifier: ISC */
/*
 * What the relay's replies mean to the recipients.  Nothing is sent or read
 * here.  RFC 5321 section 4.2, 4954 section 6.
 */
#include <string.h>

#include "base/log.h"
#include "smtp/command.h"
#include "smtp/outcome.h"

/* Fewer are no crowd: the relay means this recipient. */
enum { CROWD_LEAST = 10 };

struct rcpt *
transaction_rcpt(const struct transaction *t, size_t i)
{
	return &t->mail->envelope.rcpt[t->rcpt[i]];
}

void
outcome_settle(struct transaction *t, enum rcpt_state state,
    const struct fault *why, const char *dsn)
{
	for (size_t i = 0; i < t->count; i++) {
		struct rcpt *rcpt = transaction_rcpt(t, i);

		if (rcpt->state == RCPT_PENDING)
			rcpt_result(&t->mail->envelope, rcpt, state, dsn, why);
	}
}

/* What a failed AUTH means to every recipient. */
static enum rcpt_state
denial(const struct transaction *t, const char **dsn)
{
	bool permanent = t->denied.code == EX_NOPERM;

	*dsn = permanent ? "5.7.8" : "4.7.0";
	return permanent ? RCPT_PERMANENT : RCPT_TEMPORARY;
}

/* What the reply, a refusal, means; a failed AUTH is the reason behind all. */
static enum rcpt_state
judge(struct transaction *t, const char *stage, int permanent,
    struct fault *why)
{
	const struct reply *r = &t->s->reply;
	const char *dsn;

	if (t->denied.code != 0) {
		*why = t->denied;
		return denial(t, &dsn);
	}
	(void)command_refused(t->s, stage, reply_refusal(r, permanent), why);
	return r->code / 100 == 5 ? RCPT_PERMANENT : RCPT_TEMPORARY;
}

void
outcome_refuse(struct transaction *t, const char *stage)
{
	struct fault why;
	enum rcpt_state state = judge(t, stage, EX_DATAERR, &why);

	outcome_settle(t, state, &why, reply_dsn(&t->s->reply));
}

static void
refuse_rcpt(struct transaction *t, struct rcpt *rcpt)
{
	struct fault why;
	enum rcpt_state state = judge(t, "RCPT TO", EX_NOUSER, &why);

	rcpt_result(&t->mail->envelope, rcpt, state,
	    reply_dsn(&t->s->reply), &why);
}

void
outcome_rcpt(struct transaction *t, struct rcpt *rcpt)
{
	if (t->refused)
		return;
	if (t->s->reply.code / 100 == 2)
		t->accepted++;
	else
		refuse_rcpt(t, rcpt);
}

bool
outcome_crowded(struct transaction *t)
{
	const struct reply *r = &t->s->reply;

	if (t->accepted < CROWD_LEAST || t->refused || r->code != 452 ||
	    strcmp(reply_dsn(r), "4.5.3") != 0)
		return false;
	t->s->crowd = t->accepted;
	/* For whom nobody has asked yet, the answer would be the same. */
	for (size_t i = t->sent - 1; i < t->count; i++)
		refuse_rcpt(t, transaction_rcpt(t, i));
	return t->sent <= t->count;
}

void
outcome_end(struct transaction *t, struct rcpt *only)
{
	const struct reply *r = &t->s->reply;
	enum rcpt_state state = RCPT_SENT;
	struct fault result = { 0 };

	if (r->code / 100 != 2)
		state = judge(t, "end of data", EX_DATAERR, &result);
	else
		reply_format(r, result.text, sizeof(result.text));
	if (state == RCPT_SENT && t->denied.code != 0 && t->accepted > 0)
		log_line(true, "relay=%s, took the message without AUTH (%s)",
		    t->s->peer, t->denied.text);
	if (only != NULL)
		rcpt_result(&t->mail->envelope, only, state, reply_dsn(r),
		    &result);
	else
		outcome_settle(t, state, &result, reply_dsn(r));
}

int
outcome_lost(struct transaction *t, struct fault *f)
{
	if (t->denied.code != 0) {
		*f = t->denied;
		return -1;
	}
	if (!t->left)
		return -1;
	(void)fault(f, f->code, "%s; the message may have been delivered",
	    f->text);
	for (size_t i = 0; i < t->count; i++) {
		struct rcpt *rcpt = transaction_rcpt(t, i);

		rcpt->unsure |= rcpt->state == RCPT_PENDING;
	}
	return -1;
}

void
outcome_deny(struct transaction *t)
{
	const char *dsn;
	enum rcpt_state state = denial(t, &dsn);

	outcome_settle(t, state, &t->denied, dsn);
}

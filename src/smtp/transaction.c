/* SPDX-License-Identifier: ISC */
/*
 * MAIL, RCPT, DATA and the message.  Commands are numbered as they are sent;
 * replies come back in the same order.  With PIPELINING (RFC 2920) as many
 * are under way as may be, without it one, through the same two indices.
 * RFC 5321 sections 3.3, 4.1.1, 4.5.2 (transparency), 1870 (SIZE), 6152
 * (8BITMIME), 6531 (SMTPUTF8).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "smtp/command.h"
#include "smtp/transaction.h"

static struct rcpt *
rcpt_at(const struct transaction *t, size_t i)
{
	return &t->mail->envelope.rcpt[t->rcpt[i]];
}

static bool
needs_utf8(const struct mail *m)
{
	for (size_t i = 0; i < m->envelope.count; i++)
		if (m->envelope.rcpt[i].utf8)
			return true;
	return m->envelope.utf8;
}

static int
put_mail(struct session *s, const struct mail *m, struct fault *f)
{
	char size[40] = "";

	/* In a dialogue the message is yet to come. */
	if (s->can.size && mail_size(m) > 0)
		(void)snprintf(size, sizeof(size), " SIZE=%" PRIu64,
		    mail_size(m));
	return command_put(s, f, "MAIL FROM:<%s>%s%s%s", m->envelope.sender,
	    size, s->can.eightbit && (m->message.body_8bit ||
	    m->message.header_8bit) ? " BODY=8BITMIME" : "",
	    s->can.smtputf8 && needs_utf8(m) ? " SMTPUTF8" : "");
}

static int
put_next(struct transaction *t, struct fault *f)
{
	int status;

	if (t->sent == 0)
		status = put_mail(t->s, t->mail, f);
	else if (t->sent <= t->count)
		status = command_put(t->s, f, "RCPT TO:<%s>",
		    rcpt_at(t, t->sent - 1)->address);
	else
		status = command_put(t->s, f, "DATA");
	t->sent++;
	return status;
}

/* Notes the same result for every recipient that has none. */
static void
settle(struct transaction *t, enum rcpt_state state, const struct fault *why,
    const char *dsn)
{
	for (size_t i = 0; i < t->count; i++)
		if (rcpt_at(t, i)->state == RCPT_PENDING)
			rcpt_result(rcpt_at(t, i), state, why->code, dsn,
			    why->text);
}

static enum rcpt_state
refusal_state(const struct reply *r)
{
	return r->code / 100 == 5 ? RCPT_PERMANENT : RCPT_TEMPORARY;
}

/* The relay refused sender or message: that holds for all that are left. */
static void
refuse_all(struct transaction *t, const char *stage)
{
	const struct reply *r = &t->s->reply;
	struct fault why;

	(void)command_refused(t->s, stage, reply_refusal(r, EX_DATAERR), &why);
	settle(t, refusal_state(r), &why, reply_dsn(r));
}

static void
reap_rcpt(struct transaction *t, struct rcpt *rcpt)
{
	const struct reply *r = &t->s->reply;
	struct fault why;

	if (t->refused)
		return;
	if (r->code / 100 == 2) {
		t->accepted++;
		return;
	}
	(void)command_refused(t->s, "RCPT TO", reply_refusal(r, EX_NOUSER),
	    &why);
	rcpt_result(rcpt, refusal_state(r), why.code, reply_dsn(r), why.text);
}

/* Reads and judges the reply to the oldest command under way. */
static int
reap(struct transaction *t, struct fault *f)
{
	const struct relay *relay = t->s->relay;
	size_t i = t->reaped++;
	bool data = i == t->count + 1;
	const char *stage = i == 0 ? "MAIL FROM" : data ? "DATA" : "RCPT TO";

	if (command_reply(t->s, stage, data ? relay->timeout.data :
	    relay->timeout.command, f) != 0)
		return -1;
	if (i == 0 && t->s->reply.code / 100 != 2) {
		t->refused = true;
		refuse_all(t, stage);
	} else if (i > 0 && !data)
		reap_rcpt(t, rcpt_at(t, i - 1));
	else if (data && t->s->reply.code == 354)
		t->data = true;
	else if (data)
		refuse_all(t, stage);
	if (t->s->lost)
		return command_refused(t->s, stage, EX_UNAVAILABLE, f);
	return 0;
}

/* Whether the next command, of those below the goal, may leave now. */
static bool
may_send(const struct transaction *t, size_t goal)
{
	if (t->sent >= goal || t->refused)
		return false;
	if (t->sent == t->reaped)
		return t->sent <= t->count || t->accepted > 0;
	return t->s->can.pipelining && t->s->waiting < SESSION_WAITING;
}

/* Goes on until goal commands are answered, or no more of them may leave. */
static int
advance(struct transaction *t, size_t goal, struct fault *f)
{
	for (;;) {
		if (may_send(t, goal)) {
			if (put_next(t, f) != 0)
				return -1;
		} else if (t->sent > t->reaped) {
			if (reap(t, f) != 0)
				return -1;
		} else
			return 0;
	}
}

/* Queues text with a dot doubled at the start of a line (section 4.5.2). */
static int
put_stuffed(struct stream *stream, struct str text, bool *line_start,
    struct fault *f)
{
	while (text.n > 0) {
		struct str run = text;
		const char *dot;

		if (*line_start && text.p[0] == '.' &&
		    stream_put(stream, STR("."), f) != 0)
			return -1;
		dot = memmem(text.p, text.n, "\n.", 2);
		*line_start = dot != NULL || text.p[text.n - 1] == '\n';
		if (dot != NULL)
			run.n = (size_t)(dot + 1 - text.p);
		if (stream_put(stream, run, f) != 0)
			return -1;
		text.p += run.n;
		text.n -= run.n;
	}
	return 0;
}

static int
put_message(struct transaction *t, struct fault *f)
{
	const struct session *s = t->s;
	struct mail_reader reader;
	bool line_start = true;
	struct str text;
	int status;

	mail_start(&reader, t->mail);
	do {
		stream_deadline(s->stream,
		    clock_deadline(s->relay->timeout.block, s->limit));
		status = mail_next(&reader, &text, f);
		if (status != 0 || text.n == 0)
			break;
		/* Bytes known to hold no such dot are not looked at again. */
		if (reader.at > 0 && !t->mail->message.body_dots)
			status = stream_put(s->stream, text, f);
		else
			status = put_stuffed(s->stream, text, &line_start, f);
	} while (status == 0);
	mail_stop(&reader);
	return status;
}

/*
 * The relay has answered before it had the whole message: a refusal counts
 * (RFC 5321 section 4.2.5 allows it with a closed connection), anything else
 * would be a receipt for what was never sent.
 */
static int
answered_early(struct transaction *t, struct fault *f)
{
	struct session *s = t->s;

	if (command_read(s, "message", f) != 0)
		return -1;
	s->lost = true;
	if (s->reply.code < 400)
		return command_refused(s, "message", EX_PROTOCOL, f);
	refuse_all(t, "message");
	return 0;
}

/* Message, final dot, and the reply by which the relay takes it or not. */
static int
send_message(struct transaction *t, struct fault *f)
{
	struct session *s = t->s;
	const struct reply *r = &s->reply;
	struct fault result = { 0 };

	command_trace(s, "->", STR("(message)"));
	if (put_message(t, f) != 0 ||
	    stream_put(s->stream, STR(".\r\n"), f) != 0)
		(void)command_abort(s, "message", f);
	if (stream_pending(s->stream))
		return answered_early(t, f);
	if (s->lost)
		return -1;
	command_trace(s, "->", STR("."));
	s->waiting++;
	if (command_reply(s, "end of data", s->relay->timeout.dot, f) != 0) {
		(void)fault(f, f->code, "%s; the message may have been "
		    "delivered", f->text);
		for (size_t i = 0; i < t->count; i++)
			rcpt_at(t, i)->unsure |=
			    rcpt_at(t, i)->state == RCPT_PENDING;
		return -1;
	}
	if (r->code / 100 != 2) {
		refuse_all(t, "end of data");
		return 0;
	}
	reply_format(r, result.text, sizeof(result.text));
	settle(t, RCPT_SENT, &result, reply_dsn(r));
	return 0;
}

/* Ends a transaction in which the relay took no recipient. */
static int
abandon(struct transaction *t, struct fault *f)
{
	struct session *s = t->s;

	/* 354 although no recipient stands: nothing may follow but a dot. */
	if (t->data) {
		if (stream_put(s->stream, STR(".\r\n"), f) != 0)
			return command_abort(s, "end of data", f);
		s->waiting++;
		return command_reply(s, "end of data",
		    s->relay->timeout.command, f);
	}
	return command_ask(s, "RSET", "", f);
}

/* What can be known to fail without asking; for all recipients alike. */
static int
check_offer(struct transaction *t)
{
	const struct capabilities *can = &t->s->can;
	uint64_t size = mail_size(t->mail);
	struct fault why;

	if (can->size_limit > 0 && size > can->size_limit) {
		(void)fault(&why, EX_DATAERR, "message of %" PRIu64 " octets: "
		    "the relay takes %" PRIu64 " (RFC 1870)", size,
		    can->size_limit);
		settle(t, RCPT_PERMANENT, &why, "5.3.4");
		return -1;
	}
	if (t->mail->envelope.utf8 && !can->smtputf8) {
		(void)fault(&why, EX_DATAERR, "sender <%s>: the relay takes "
		    "ASCII addresses only (RFC 6531)",
		    t->mail->envelope.sender);
		settle(t, RCPT_PERMANENT, &why, "5.6.7");
		return -1;
	}
	return 0;
}

/* Takes a recipient of the envelope into the transaction. */
static int
take(struct transaction *t, size_t i, struct fault *f)
{
	struct rcpt *rcpt = &t->mail->envelope.rcpt[i];

	rcpt_relay(rcpt, t->s->peer);
	if (rcpt->utf8 && !t->s->can.smtputf8) {
		rcpt_result(rcpt, RCPT_PERMANENT, EX_NOUSER, "5.6.7",
		    "the relay takes ASCII addresses only (RFC 6531)");
		return 0;
	}
	if (t->count == t->room) {
		size_t room = t->room == 0 ? 16 : t->room * 2;
		size_t *grown = reallocarray(t->rcpt, room, sizeof(*grown));

		if (grown == NULL)
			return fault(f, EX_OSERR, "recipients: out of memory");
		t->rcpt = grown;
		t->room = room;
	}
	rcpt->state = RCPT_PENDING;
	t->rcpt[t->count++] = i;
	return 0;
}

/* Frees; what no reply was seen for gets the fault as its result. */
static int
end(struct transaction *t, int status, const struct fault *f)
{
	if (status != 0)
		settle(t, f->code == EX_DATAERR ? RCPT_PERMANENT :
		    RCPT_TEMPORARY, f, "4.4.2");
	free(t->rcpt);
	*t = (struct transaction){ 0 };
	return status;
}

int
transaction_open(struct transaction *t, struct session *s, struct mail *m,
    struct fault *f)
{
	*t = (struct transaction){ .s = s, .mail = m };
	return advance(t, 1, f);
}

int
transaction_add(struct transaction *t, size_t rcpt, struct fault *f)
{
	if (take(t, rcpt, f) != 0)
		return -1;
	return advance(t, t->count + 1, f);
}

int
transaction_finish(struct transaction *t, struct fault *f)
{
	int status;

	if (t->count == 0 || check_offer(t) != 0)
		return end(t, t->sent == 0 ? 0 : abandon(t, f), f);
	status = advance(t, t->count + 2, f);
	if (status == 0 && t->accepted > 0 && t->data)
		status = send_message(t, f);
	else if (status == 0 && t->accepted == 0)
		status = abandon(t, f);
	return end(t, status, f);
}

void
transaction_drop(struct transaction *t)
{
	struct fault ignored;

	if (!t->s->lost)
		(void)command_ask(t->s, "RSET", "", &ignored);
	(void)end(t, 0, &ignored);
}

int
transaction_run(struct session *s, struct mail *m, struct fault *f)
{
	struct transaction t = { .s = s, .mail = m };

	for (size_t i = 0; i < m->envelope.count; i++)
		if (rcpt_open(&m->envelope.rcpt[i]) && take(&t, i, f) != 0)
			return end(&t, -1, f);
	return transaction_finish(&t, f);
}

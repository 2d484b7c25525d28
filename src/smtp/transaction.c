/* SPDX-License-Identifier: ISC */
/*
 * MAIL, RCPT, DATA and the message.  Commands are numbered as they are sent;
 * replies come back in the same order.  With PIPELINING (RFC 2920) as many
 * are under way as may be, without it one, through the same two indices.
 *
 * Round trips are what a mail costs.  With CHUNKING (RFC 3030) a small message
 * leaves together with its recipients: BDAT is refused as a whole when all of
 * them are.  QUIT leaves with the message when no other mail follows, and what
 * AUTH says (authenticate.c) is heard here when it has not been waited for.
 *
 * RFC 5321 sections 3.3, 4.1.1, 1870 (SIZE), 6531 (SMTPUTF8).
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/signals.h"
#include "mail/fit.h"
#include "smtp/authenticate.h"
#include "smtp/command.h"
#include "smtp/content.h"
#include "smtp/offer.h"
#include "smtp/outcome.h"
#include "smtp/parameters.h"
#include "smtp/transaction.h"

/* A message that travels with its recipients in TCP's first window. */
enum { SMALL = 8 * 1024 };

/* Queues a command with its parameters and frees these. */
static int
put_with(struct session *s, const char *verb, const char *path,
    struct buf *parameters, struct fault *f)
{
	int status;

	if (parameters->failed)
		status = fault(f, EX_OSERR, "command: out of memory");
	else
		status = command_put_path(s, verb, path, buf_view(parameters),
		    f);
	buf_free(parameters);
	return status;
}

static int
put_mail(const struct transaction *t, struct fault *f)
{
	char room[ADDR_MAX + 1];
	const char *path = offer_address(t, t->mail->path, room);
	struct buf b;

	assert(path != NULL);
	parameters_mail(&b, t);
	return put_with(t->s, "MAIL FROM", path, &b, f);
}

static int
put_rcpt(const struct transaction *t, size_t i, struct fault *f)
{
	const struct rcpt *rcpt = transaction_rcpt(t, i);
	char room[ADDR_MAX + 1];
	const char *path = offer_address(t, rcpt->address, room);
	struct buf b;

	assert(path != NULL);
	parameters_rcpt(&b, t->s, rcpt);
	return put_with(t->s, "RCPT TO", path, &b, f);
}

/* From here on only the relay knows whether it has the mail. */
static void
leave(struct transaction *t)
{
	t->left = true;
	signals_shield(true);
}

/* The last command of the session leaves with what comes before it. */
static int
put_quit(struct session *s, struct fault *f)
{
	if (!s->last || !s->can.pipelining)
		return 0;
	s->quit = true;
	return command_put(s, f, "QUIT");
}

/* All of the message as one chunk. */
static int
put_chunk(struct transaction *t, struct fault *f)
{
	struct session *s = t->s;

	if (command_put(s, f, "BDAT %" PRIu64 " LAST", mail_size(t->mail)) != 0)
		return -1;
	if (content_put(s, t->mail, false, f) != 0)
		return command_abort(s, "message", f);
	leave(t);
	return put_quit(s, f);
}

static int
put_next(struct transaction *t, struct fault *f)
{
	int status;

	if (t->sent == 0)
		status = put_mail(t, f);
	else if (t->sent <= t->count)
		status = put_rcpt(t, t->sent - 1, f);
	else if (t->whole)
		status = put_chunk(t, f);
	else
		status = command_put(t->s, f, "DATA");
	t->sent++;
	return status;
}

/*
 * Hears what AUTH has come to.  Refused, nothing more is begun; but the
 * commands on their way are answered, and what the relay takes all the same
 * has been sent.
 */
static int
reap_auth(struct transaction *t, struct fault *f)
{
	if (!t->s->unproven ||
	    authenticate_settle(t->s, t->left, &t->denied) == 0)
		return 0;
	*f = t->denied;
	return t->s->lost ? -1 : 0;
}

/* A reply that is neither yes nor no: what has left already may count. */
static int
check_sense(struct transaction *t, const char *stage, struct fault *f)
{
	int code = t->s->reply.code;

	if (code / 100 == 2 || code >= 400)
		return 0;
	(void)command_refused(t->s, stage, EX_PROTOCOL, f);
	return outcome_lost(t, f);
}

/* Reads and judges the reply to the oldest command under way. */
static int
reap(struct transaction *t, struct fault *f)
{
	const struct relay *relay = t->s->relay;
	size_t i = t->reaped++;
	bool data = i == t->count + 1;
	const char *stage = i == 0 ? "MAIL FROM" : !data ? "RCPT TO" :
	    t->whole ? "end of data" : "DATA";

	/* A relay may keep all replies until the message is dealt with. */
	if (reap_auth(t, f) != 0)
		return -1;
	if (command_reply(t->s, stage, t->left ? relay->timeout.dot :
	    data ? relay->timeout.data : relay->timeout.command, f) != 0)
		return outcome_lost(t, f);
	if (authenticate_heeded(t->s, f) != 0)
		return -1;
	session_part(t->s);
	if ((!data || t->whole) && check_sense(t, stage, f) != 0)
		return -1;
	if (i == 0 && t->s->reply.code / 100 != 2) {
		t->refused = true;
		outcome_refuse(t, stage);
	} else if (i > 0 && !data) {
		outcome_rcpt(t, transaction_rcpt(t, i - 1));
		if (outcome_crowded(t))
			t->count = t->sent - 1;
	} else if (data && t->whole)
		outcome_end(t, NULL);
	else if (data && t->s->reply.code == 354)
		t->data = true;
	else if (data)
		outcome_refuse(t, stage);
	if (!t->s->lost || i > t->count)
		return 0;
	(void)command_refused(t->s, stage, EX_UNAVAILABLE, f);
	return outcome_lost(t, f);
}

/* Whether the next command, of those below the goal, may leave now. */
static bool
may_send(const struct transaction *t, size_t goal)
{
	if (t->sent >= goal || t->refused || t->denied.code != 0)
		return false;
	if (t->sent == t->reaped)
		return t->sent <= t->count || t->accepted > 0;
	return t->s->can.pipelining && !t->full;
}

/*
 * Goes on until MAIL, all RCPT and so many commands more are answered, or no
 * more of them may leave.
 */
static int
advance(struct transaction *t, size_t more, struct fault *f)
{
	for (;;) {
		const size_t goal = 1 + t->count + more;

		/* Bursts, not a command for each reply. */
		t->full = t->s->waiting > (t->full ? SESSION_WAITING / 2 :
		    SESSION_WAITING - 1);
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
	outcome_refuse(t, "message");
	return 0;
}

/* The message as text, after DATA. */
static int
put_text(struct transaction *t, struct fault *f)
{
	struct session *s = t->s;

	if (content_put(s, t->mail, true, f) != 0 ||
	    stream_put(s->stream, STR(".\r\n"), f) != 0)
		return command_abort(s, "message", f);
	command_trace(s, "->", STR("."));
	s->waiting++;
	leave(t);
	return put_quit(s, f);
}

/* Message, its end, and the reply by which the relay takes it or not. */
static int
send_message(struct transaction *t, struct fault *f)
{
	struct session *s = t->s;
	int status = t->data ? put_text(t, f) : put_chunk(t, f);

	if (stream_pending(s->stream))
		return answered_early(t, f);
	if (status != 0)
		return -1;
	/* RFC 2033 section 4.2: one reply for each recipient accepted. */
	if (s->relay->lmtp)
		s->waiting += (unsigned)t->accepted - 1;
	for (size_t i = 0; i < t->count; i++) {
		struct rcpt *rcpt = transaction_rcpt(t, i);

		if (rcpt->state != RCPT_PENDING)
			continue;
		if (s->lost)
			(void)fault(f, EX_PROTOCOL, "end of data: no reply "
			    "for each recipient");
		if (s->lost || command_reply(s, "end of data",
		    s->relay->timeout.dot, f) != 0)
			return outcome_lost(t, f);
		if (check_sense(t, "end of data", f) != 0)
			return -1;
		outcome_end(t, s->relay->lmtp ? rcpt : NULL);
	}
	return 0;
}

/*
 * Ends a transaction without its message.  A relay that refused DATA still
 * remembers the sender: the next MAIL would be out of order.
 */
static int
abandon(struct transaction *t, struct fault *f)
{
	struct session *s = t->s;

	if (t->sent == 0)
		return 0;
	/* 354 although no recipient stands: nothing may follow but a dot. */
	if (t->data) {
		if (stream_put(s->stream, STR(".\r\n"), f) != 0)
			return command_abort(s, "end of data", f);
		/* With LMTP nobody is left for a reply. */
		if (s->relay->lmtp)
			return stream_flush(s->stream, f);
		s->waiting++;
		return command_reply(s, "end of data",
		    s->relay->timeout.command, f);
	}
	return s->last ? 0 : command_ask(s, "RSET", "", f);
}

/* Takes a recipient of the envelope into the transaction. */
static int
take(struct transaction *t, size_t i, struct fault *f)
{
	struct envelope *e = &t->mail->envelope;
	struct rcpt *rcpt = &e->rcpt[i];
	char ascii[ADDR_MAX + 1];

	rcpt_relay(e, rcpt, t->s->peer);
	if (offer_address(t, rcpt->address, ascii) == NULL) {
		(void)fault(f, EX_NOUSER,
		    "the relay takes ASCII addresses only (RFC 6531)");
		rcpt_result(e, rcpt, RCPT_PERMANENT, "5.6.7", f);
		return 0;
	}
	if (t->count == t->room) {
		size_t room = t->room == 0 ? e->count : t->room * 2;
		uint16_t *grown = reallocarray(t->rcpt, room, sizeof(*grown));

		if (grown == NULL)
			return fault(f, EX_OSERR, "recipients: out of memory");
		t->rcpt = grown;
		t->room = room;
	}
	rcpt->state = RCPT_PENDING;
	t->rcpt[t->count++] = (uint16_t)i;
	return 0;
}

/* Frees; what no reply was seen for gets the fault as its result. */
static int
end(struct transaction *t, int status, const struct fault *f)
{
	signals_shield(false);
	mail_unfit(t->mail);
	if (t->denied.code != 0) {
		/* Text may have been asked for: it must not get any. */
		t->s->lost |= t->data;
		outcome_deny(t);
	} else if (status != 0)
		outcome_settle(t, f->code == EX_DATAERR ? RCPT_PERMANENT :
		    RCPT_TEMPORARY, f, "4.4.2");
	free(t->rcpt);
	*t = (struct transaction){ 0 };
	return status;
}

int
transaction_open(struct transaction *t, struct session *s, struct mail *m,
    struct fault *f)
{
	*t = (struct transaction){ .s = s, .mail = m,
	    .utf8 = offer_utf8(s, m) };
	return offer_problem(t, f) != NULL ? -1 : advance(t, 0, f);
}

int
transaction_add(struct transaction *t, size_t rcpt, struct fault *f)
{
	if (take(t, rcpt, f) != 0)
		return -1;
	return advance(t, 0, f);
}

int
transaction_finish(struct transaction *t, struct fault *f)
{
	const struct capabilities *can = &t->s->can;
	int status;

	if (t->count == 0 || offer_meet(t) != 0)
		return end(t, abandon(t, f), f);
	t->whole = can->chunking && can->pipelining && !t->s->relay->lmtp &&
	    mail_size(t->mail) <= SMALL;
	status = advance(t, !can->chunking || t->whole, f);
	if (status != 0 || t->denied.code != 0)
		return end(t, status, f);
	if (t->accepted > 0 && (t->data || (can->chunking && !t->whole)))
		status = send_message(t, f);
	else if (t->accepted == 0 || !t->whole)
		status = abandon(t, f);
	return end(t, status, f);
}

void
transaction_drop(struct transaction *t)
{
	struct fault ignored;

	if (!t->s->lost && t->sent > 0)
		(void)command_ask(t->s, "RSET", "", &ignored);
	(void)end(t, 0, &ignored);
}

int
transaction_run(struct session *s, struct mail *m, struct fault *f)
{
	struct transaction t = { .s = s, .mail = m,
	    .utf8 = offer_utf8(s, m) };

	for (size_t i = 0; i < m->envelope.count; i++) {
		if (s->crowd > 0 && t.count == s->crowd)
			break;
		if (rcpt_open(&m->envelope.rcpt[i]) && take(&t, i, f) != 0)
			return end(&t, -1, f);
	}
	return transaction_finish(&t, f);
}

/* SPDX-License-Identifier: ISC */
/*
 * What a relay says, from its greeting to the end: a script, see lib/relay.h,
 * behind two octets that choose the mail and the relay's settings.  Whatever
 * it says, the session comes to an end, every recipient has a result, none is
 * sent unless the relay has said 2yz often enough, and what the relay heard is
 * lines without the password in clear text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/relay.h"
#include "mail/intake.h"
#include "mail/mail.h"
#include "smtp/client.h"
#include "smtp/transaction.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The first octet: the mail; bits 0 and 1 are its recipients less one. */
enum {
	RCPTS = 3, LMTP = 4, DSN = 8, UTF8 = 16, STEPWISE = 32, LAST = 64,
	LOGIN = 128
};

/*
 * The second: bits 0 and 1 are an enum relay_tls, 4 and 5 a list to AUTH by.
 * FURTHER is channel binding, no host name, and a trace.
 */
enum {
	KIND = 3, VERIFIED = 4, GUARDED = 8, SMALL_PIECES = 64, FURTHER = 128
};

static void
need(bool what)
{
	if (!what)
		abort();
}

static void
address(struct mail *m, unsigned choice)
{
	static const struct qualifier q = { .domain = "example.org" };
	struct rcpt *rcpt;
	struct fault f;

	need(envelope_sender(&m->envelope, (choice & UTF8) != 0 ?
	    STR("k\303\244t@example.org") : STR("kit@example.org"), &q,
	    &f) == 0);
	(void)snprintf(m->path, sizeof(m->path), "%s", m->envelope.sender);
	for (unsigned i = 0; i <= (choice & RCPTS); i++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "r%s%u@example.net",
		    (choice & UTF8) != 0 && i == 0 ? "\303\266" : "", i);

		need(envelope_add(&m->envelope, (struct str){ text,
		    (size_t)n }, &q, &f) == 0);
	}
	if ((choice & DSN) == 0)
		return;
	m->envelope.ret = (choice & RCPTS) > 1 ? DSN_RET_FULL : DSN_RET_HDRS;
	m->envelope.envid = strdup("Q+1=2");
	rcpt = m->envelope.rcpt;
	rcpt->notify = (choice & RCPTS) > 2 ? DSN_NEVER :
	    DSN_SUCCESS | DSN_DELAY;
	need(m->envelope.envid != NULL && rcpt_called(&m->envelope, rcpt,
	    str_of(NULL), STR("rfc822;r@example.com")) == 0);
}

/* With four recipients the message is no small one. */
static void
compose(struct mail *m, unsigned choice)
{
	static const struct message_limits limits = { 0 };
	struct stamp stamp = { 1000000000, 1 };
	const struct identity id = { .address = "kit@example.org",
	    .domain = "example.org", .hostname = "h.example.org",
	    .stamp = &stamp };
	struct intake in;
	struct fault f;

	mail_init(m);
	address(m, choice);
	intake_start(&in, &m->message, &limits, &f);
	need(intake_take(&in, STR("Subject: x\n\n.dot\n")) == 0);
	if ((choice & UTF8) != 0)
		need(intake_take(&in, STR("\303\244\n")) == 0);
	for (int i = 0; (choice & RCPTS) == RCPTS && i < 400; i++)
		need(intake_take(&in, STR("A line like most others, of some "
		    "octets.\n")) == 0);
	need(intake_end(&in) == 0);
	need(rewrite_header(&m->header, &m->message, &id, &f) == 0);
}

/* As for a client of -bs, who waits for each answer. */
static void
transact_stepwise(struct session *s, struct mail *m)
{
	struct transaction t;
	struct fault f;
	size_t i;

	if (transaction_open(&t, s, m, &f) != 0 ||
	    s->reply.code / 100 != 2) {
		transaction_drop(&t);
		return;
	}
	for (i = 0; i < m->envelope.count; i++)
		if (transaction_add(&t, i, &f) != 0)
			break;
	if (i == m->envelope.count)
		(void)transaction_finish(&t, &f);
	else
		transaction_drop(&t);
}

/* Returns how many recipients the relay has taken the mail for. */
static size_t
transact(struct session *s, unsigned choice)
{
	struct mail mail;
	struct fault f;
	size_t sent = 0;

	compose(&mail, choice);
	if ((choice & STEPWISE) != 0)
		transact_stepwise(s, &mail);
	else
		(void)transaction_run(s, &mail, &f);
	for (size_t i = 0; i < mail.envelope.count; i++) {
		const struct rcpt *r = &mail.envelope.rcpt[i];

		need(r->state != RCPT_PENDING || (choice & STEPWISE) != 0);
		need((r->state == RCPT_SENT) == (r->last->code == 0) ||
		    r->state == RCPT_PENDING);
		sent += r->state == RCPT_SENT;
	}
	mail_free(&mail);
	return sent;
}

/* Replies of class 2 in what the relay says. */
static size_t
positive(struct str s)
{
	struct str line;
	size_t n = 0;

	while (str_cut(&s, '\n', &line))
		n += line.n > 0 && line.p[line.p[0] == '!' && line.n > 1] ==
		    '2';
	return n;
}

static void
run(struct session *s, unsigned choice, struct script *script)
{
	const struct str said = script->text;
	struct fault f = { 0 };
	size_t sent = 0;

	if (client_open(s, script_start(script, said), &f) == 0) {
		sent = transact(s, choice);
		if (!s->last && !s->lost && stream_quiet(s->stream))
			sent += transact(s, choice);
	} else
		need(f.code != 0 && f.text[0] != '\0');
	client_close(s);
	/* Greeting, EHLO, MAIL, RCPT, message. */
	need(sent == 0 || positive(said) >= 5);
	script_end(script);
}

/* With the dialogue shown: nothing but text may reach a terminal. */
static void
run_traced(struct session *s, unsigned choice, struct script *script)
{
#ifdef __GLIBC__	/* elsewhere stderr is no variable */
	static const char password[] = "AGtpdABwYXNz";	/* as PLAIN has it */
	const bool told = memmem(script->text.p, script->text.n, password,
	    sizeof(password) - 1) != NULL;
	FILE *outside = stderr;
	char *text = NULL;
	size_t size;

	need((stderr = open_memstream(&text, &size)) != NULL);
	s->trace = true;
	run(s, choice, script);
	need(fclose(stderr) == 0);
	stderr = outside;
	for (size_t i = 0; i < size; i++)
		need((text[i] >= ' ' && text[i] <= '~') || text[i] == '\n');
	need(told || memmem(text, size, password, sizeof(password) - 1) ==
	    NULL);
	free(text);
#else
	run(s, choice, script);
#endif
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lists[] = { NULL, "SCRAM-SHA-256 CRAM-MD5",
		"OAUTHBEARER XOAUTH2", "LOGIN SCRAM-SHA-256-PLUS" };
	struct relay relay = { .host = (char *)(uintptr_t)"relay.example.com",
	    .timeout = { 9000, 9000, 9000, 9000, 9000, 9000 } };
	struct session session = { .relay = &relay, .limit = INT64_MAX,
	    .host = relay.host, .port = 25 };
	struct script script = { 0 };

	if (size < 2 || size > 60000)
		return 0;
	session.tls = (enum relay_tls)(data[1] & KIND);
	session.hostname = (data[1] & FURTHER) != 0 ? NULL : "h.example.org";
	session.last = (data[0] & LAST) != 0;
	relay.tls = session.tls;
	relay.lmtp = (data[0] & LMTP) != 0;
	relay.auth_without_tls = (data[1] & GUARDED) == 0;
	buf_init(&relay.secret, 64);
	if ((data[0] & LOGIN) != 0) {
		relay.user = (char *)(uintptr_t)"kit";
		relay.auth = (char *)(uintptr_t)lists[data[1] >> 4 & 3];
		need(buf_puts(&relay.secret, "pass") == 0);
	}
	script.text = (struct str){ (const char *)data + 2, size - 2 };
	script.verified = (data[1] & VERIFIED) != 0;
	script.binds = (data[1] & FURTHER) != 0;
	script.small = (data[1] & SMALL_PIECES) != 0;
	script.open = relay.auth_without_tls;
	(script.binds ? run_traced : run)(&session, data[0], &script);
	buf_free(&relay.secret);
	return 0;
}

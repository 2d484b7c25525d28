/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as what a relay says, from its greeting to the end.  Whatever it
 * says, the session comes to an end, every recipient has a result, and none is
 * sent unless the relay has said 2yz often enough.  The first octet chooses
 * credentials, recipients and the last hint.
 */
#include <sys/socket.h>

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/intake.h"
#include "mail/mail.h"
#include "smtp/client.h"
#include "smtp/transaction.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
need(bool what)
{
	if (!what)
		abort();
}

static void
compose(struct mail *m, unsigned choice)
{
	static const struct qualifier q = { .domain = "example.org" };
	static const struct message_limits limits = { 0 };
	static struct stamp stamp = { 1000000000, 1 };
	const struct identity id = { .address = "kit@example.org",
	    .domain = "example.org", .hostname = "h.example.org",
	    .stamp = &m->stamp };
	struct intake in;
	struct fault f;

	mail_init(m);
	need(envelope_sender(&m->envelope, STR("kit@example.org"), &q, &f) ==
	    0);
	(void)snprintf(m->path, sizeof(m->path), "%s", m->envelope.sender);
	for (unsigned i = 0; i <= (choice & 3); i++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "r%u@example.net", i);

		need(envelope_add(&m->envelope, (struct str){ text,
		    (size_t)n }, &q, &f) == 0);
	}
	intake_start(&in, &m->message, &limits, &f);
	need(intake_take(&in, STR("Subject: x\n\n.dot\n\303\244\n")) == 0);
	need(intake_end(&in) == 0);
	need(rewrite_header(&m->header, &m->message, &id, &f) == 0);
}

/* The relay: says one reply for each line it hears. */
struct relay_side {
	int		 fd;
	struct str	 script;
};

/* Takes the next reply off the script: lines up to one that is the last. */
static struct str
next_reply(struct str *script)
{
	struct str reply = { script->p, 0 };

	while (reply.n < script->n) {
		const char *line = script->p + reply.n;
		size_t left = script->n - reply.n;
		const char *lf = memchr(line, '\n', left);
		size_t n = lf == NULL ? left : (size_t)(lf - line) + 1;

		reply.n += n;
		if (n < 4 || line[3] != '-')
			break;
	}
	script->p += reply.n;
	script->n -= reply.n;
	return reply;
}

static void *
play(void *arg)
{
	struct relay_side *r = arg;
	char heard[8192];
	ssize_t got;
	size_t due = 1;

	for (;;) {
		for (; due > 0 && r->script.n > 0; due--) {
			struct str reply = next_reply(&r->script);

			(void)send(r->fd, reply.p, reply.n, MSG_NOSIGNAL);
		}
		if (r->script.n == 0)
			break;
		got = read(r->fd, heard, sizeof(heard));
		if (got <= 0)
			break;
		for (ssize_t i = 0; i < got; i++)
			due += heard[i] == '\n';
	}
	(void)shutdown(r->fd, SHUT_WR);
	while (read(r->fd, heard, sizeof(heard)) > 0)
		;
	return NULL;
}

/* Replies of class 2 in what the relay says: more than these are no receipts. */
static size_t
positive(struct str s)
{
	struct str line;
	size_t n = 0;

	while (str_cut(&s, '\n', &line))
		n += line.n > 0 && line.p[0] == '2';
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct relay relay = { .host = (char *)"relay.example.com",
	    .tls = TLS_NEVER, .auth_without_tls = true,
	    .timeout = { 500, 500, 500, 500, 500, 500 } };
	struct session session = { .relay = &relay, .hostname = "h.example.org",
	    .limit = INT64_MAX };
	struct relay_side side;
	struct mail mail;
	struct fault f;
	pthread_t thread;
	int pair[2];
	size_t sent = 0;

	if (size < 1 || size > 60000)
		return 0;
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	side = (struct relay_side){ pair[1],
	    { (const char *)data + 1, size - 1 } };
	need(pthread_create(&thread, NULL, play, &side) == 0);
	buf_init(&relay.secret, 64);
	if ((data[0] & 128) != 0) {
		relay.user = (char *)"kit";
		(void)buf_puts(&relay.secret, "pass");
	}
	session.last = (data[0] & 64) != 0;
	compose(&mail, data[0]);
	if (client_open(&session, pair[0], &f) == 0)
		(void)transaction_run(&session, &mail, &f);
	client_close(&session);
	need(pthread_join(thread, NULL) == 0);
	for (size_t i = 0; i < mail.envelope.count; i++)
		sent += mail.envelope.rcpt[i].state == RCPT_SENT;
	/* Greeting, EHLO, MAIL, RCPT, message. */
	if (sent > 0)
		need(positive((struct str){ (const char *)data + 1,
		    size - 1 }) >= 5);
	mail_free(&mail);
	buf_free(&relay.secret);
	(void)close(pair[1]);
	return 0;
}

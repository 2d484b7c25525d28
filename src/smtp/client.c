/* SPDX-License-Identifier: ISC */
/*
 * A session from the greeting to the point where mail can be sent, and its
 * end.  Reads from top to bottom in client_open().  RFC 5321 (SMTP), 3207
 * (STARTTLS), 4954 (AUTH), 1870 (SIZE), 6152 (8BITMIME).
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdio.h>
#include <string.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "smtp/authenticate.h"
#include "smtp/client.h"
#include "smtp/command.h"

/*
 * How long the answer to QUIT may take.  Nothing depends on it, but a relay
 * that finds the connection closed when it says goodbye may complain.
 */
enum { QUIT_MS = 100 };

/* Shows the reply by which a stage has gone well; returns 0. */
static int
pass(const struct session *s, enum stage stage)
{
	char text[FAULT_TEXT];

	if (s->watch == NULL)
		return 0;
	reply_format(&s->reply, text, sizeof(text));
	watch_see(s->watch, stage, SIGHT_DONE, "%s", text);
	return 0;
}

static int
greet(struct session *s, struct fault *f)
{
	int64_t timeout = s->relay->timeout.greeting;

	if (timeout > 0)
		timeout = timeout > s->waited ? timeout - s->waited : 1;
	s->waiting = 1;
	watch_see(s->watch, STAGE_GREETING, SIGHT_BEGUN, "%s", s->peer);
	if (command_reply(s, "greeting", timeout, f) != 0)
		return -1;
	if (s->reply.code == 220)
		return pass(s, STAGE_GREETING);
	return command_refused(s, "greeting", EX_UNAVAILABLE, f);
}

/* Digits, up to what no server means. */
static uint64_t
amount(struct str s)
{
	uint64_t n = 0;

	for (s = str_trim(s); s.n > 0 && *s.p >= '0' && *s.p <= '9' &&
	    n < UINT64_MAX / 100; s.p++, s.n--)
		n = n * 10 + (uint64_t)(*s.p - '0');
	return n;
}

/* Extensions that are there or not. */
static const struct {
	char		 name[12];
	size_t		 at;
} extensions[] = {
	{ "8BITMIME", offsetof(struct capabilities, eightbit) },
	{ "BINARYMIME", offsetof(struct capabilities, binary) },
	{ "CHUNKING", offsetof(struct capabilities, chunking) },
	{ "DELIVERBY", offsetof(struct capabilities, by) },
	{ "DSN", offsetof(struct capabilities, dsn) },
	{ "EXPN", offsetof(struct capabilities, expand) },
	{ "MT-PRIORITY", offsetof(struct capabilities, priority) },
	{ "PIPELINING", offsetof(struct capabilities, pipelining) },
	{ "REQUIRETLS", offsetof(struct capabilities, requiretls) },
	{ "SIZE", offsetof(struct capabilities, size) },
	{ "SMTPUTF8", offsetof(struct capabilities, smtputf8) },
	{ "STARTTLS", offsetof(struct capabilities, starttls) },
	{ "VRFY", offsetof(struct capabilities, verify) },
};

static void
learn(struct capabilities *can, struct str line)
{
	struct str word;

	if (!str_word(&line, &word))
		return;
	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
		if (str_is(word, extensions[i].name))
			*(bool *)((char *)can + extensions[i].at) = true;
	if (str_ieq(word, STR("SIZE")))
		can->size_limit = amount(line);
	else if (str_ieq(word, STR("DELIVERBY")))
		can->by_least = (int64_t)amount(line);
	else if (str_istarts(word, STR("AUTH")) &&
	    (word.n == 4 || word.p[4] == '=')) {
		/* "AUTH=LOGIN" is how servers wrote it before RFC 2554. */
		can->auth = true;
		if (word.n > 4) {
			(void)buf_add(&can->mechanisms, word.p + 5, word.n - 5);
			(void)buf_char(&can->mechanisms, ' ');
		}
		(void)buf_str(&can->mechanisms, str_trim(line));
		(void)buf_char(&can->mechanisms, ' ');
	}
}

/* What was known before no longer counts (RFC 3207 section 4.2). */
static void
forget(struct capabilities *can)
{
	buf_free(&can->mechanisms);
	*can = (struct capabilities){ 0 };
	buf_init(&can->mechanisms, REPLY_TEXT_MAX);
}

/* Our name, or the address we speak from (RFC 5321 section 4.1.3). */
static void
own_name(const struct session *s, char *name, size_t size)
{
	struct sockaddr_storage addr = { 0 };
	struct sockaddr *sa = (struct sockaddr *)&addr;
	socklen_t n = sizeof(addr);
	char ip[INET6_ADDRSTRLEN];
	bool six;

	if (s->hostname != NULL) {
		(void)strlcpy(name, s->hostname, size);
		return;
	}
	(void)snprintf(name, size, "[127.0.0.1]");
	if (getsockname(stream_fd(s->stream), sa, &n) != 0 ||
	    (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
		return;
	six = sa->sa_family == AF_INET6;
	if (inet_ntop(sa->sa_family, six ?
	    (void *)&((struct sockaddr_in6 *)sa)->sin6_addr :
	    (void *)&((struct sockaddr_in *)sa)->sin_addr,
	    ip, sizeof(ip)) != NULL)
		(void)snprintf(name, size, "[%s%s]", six ? "IPv6:" : "", ip);
}

static int
hello(struct session *s, struct fault *f)
{
	/* RFC 2033 section 4.1. */
	const char *ehlo = s->relay->lmtp ? "LHLO" : "EHLO";
	struct str text, line;
	char name[256];

	forget(&s->can);
	own_name(s, name, sizeof(name));
	watch_see(s->watch, STAGE_HELLO, SIGHT_BEGUN, "%s", name);
	if (command_ask(s, ehlo, name, f) != 0)
		return -1;
	if (s->reply.code / 100 == 5 && !s->lost && !s->relay->lmtp) {
		if (command_ask(s, "HELO", name, f) != 0)
			return -1;
		if (s->reply.code == 250)
			return pass(s, STAGE_HELLO);
		return command_refused(s, "HELO", EX_UNAVAILABLE, f);
	}
	if (s->reply.code != 250)
		return command_refused(s, ehlo, EX_UNAVAILABLE, f);
	s->can.esmtp = true;
	text = buf_view(&s->reply.text);
	(void)str_cut(&text, '\n', &line);	/* the server's name */
	while (str_cut(&text, '\n', &line))
		learn(&s->can, line);
	return pass(s, STAGE_HELLO);
}

static int
start_tls(struct session *s, struct fault *f)
{
	const struct relay *r = s->relay;
	const struct tls_settings settings = {
		.host = s->host, .domain = s->domain, .ca_file = r->ca_file,
		.pins = r->tls_pin, .cert = r->tls_cert, .key = r->tls_key,
		.credentials = r->credentials, .minimum = r->tls_min,
		.verify = s->tls != TLS_OFFERED || r->tls_pin != NULL,
	};

	watch_see(s->watch, STAGE_TLS, SIGHT_BEGUN, "%s", s->host);
	stream_deadline(s->stream,
	    clock_deadline(r->timeout.command, s->limit));
	if (stream_start_tls(s->stream, &settings, f) != 0)
		return command_abort(s, "TLS", f);
	command_trace(s, "==", str_of(tls_describe(stream_tls(s->stream))));
	watch_see(s->watch, STAGE_TLS, SIGHT_DONE, "%s",
	    tls_describe(stream_tls(s->stream)));
	return 0;
}

/* The dialogue goes on in clear text. */
static int
do_without(const struct session *s, const char *why)
{
	watch_see(s->watch, STAGE_TLS, SIGHT_DONE, "STARTTLS is %s", why);
	return 0;
}

/* STARTTLS as the relay's URL wants it; then EHLO again. */
static int
secure(struct session *s, struct fault *f)
{
	enum relay_tls want = s->tls;

	if (want == TLS_NEVER || want == TLS_IMPLICIT)
		return 0;
	watch_see(s->watch, STAGE_TLS, SIGHT_BEGUN, "%s", s->host);
	if (!s->can.starttls) {
		if (want == TLS_OFFERED)
			return do_without(s, "not offered");
		return fault(f, EX_UNAVAILABLE, "STARTTLS: not offered by the "
		    "relay, and nothing is sent in clear text");
	}
	if (command_ask(s, "STARTTLS", "", f) != 0)
		return -1;
	if (s->reply.code != 220) {
		if (want == TLS_OFFERED && !s->lost)
			return do_without(s, "refused");
		return command_refused(s, "STARTTLS", EX_UNAVAILABLE, f);
	}
	if (start_tls(s, f) != 0)
		return -1;
	return hello(s, f);
}

int
client_open(struct session *s, int fd, struct fault *f)
{
	reply_init(&s->reply);
	forget(&s->can);
	s->stream = stream_new(fd);
	if (s->stream == NULL)
		return fault(f, EX_OSERR, "out of memory");
	if (s->greeted)
		stream_heard(s->stream);
	if (s->tls == TLS_IMPLICIT && start_tls(s, f) != 0)
		return -1;
	if (greet(s, f) != 0 || hello(s, f) != 0 || secure(s, f) != 0)
		return -1;
	return authenticate(s, f);
}

void
client_close(struct session *s)
{
	struct fault ignored;

	if (s->stream == NULL)
		return;
	if (!s->lost && !s->quit && command_put(s, &ignored, "QUIT") != 0)
		s->lost = true;
	while (!s->lost && s->waiting > 0)
		(void)command_reply(s, "QUIT", QUIT_MS, &ignored);
	if (s->leaves)
		stream_leave(s->stream);
	stream_close(s->stream);
	s->stream = NULL;
	forget(&s->can);
	reply_free(&s->reply);
}

/* SPDX-License-Identifier: ISC */
/*
 * The AUTH exchange, RFC 4954: moves what the mechanism (sasl.c) says and
 * hears.  Everything that may hold a secret is wiped on both sides of base64.
 *
 * PLAIN is one command with one reply, and changes nothing in the session that
 * a client would have to know before it goes on: it needs no round trip of its
 * own.
 */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "smtp/authenticate.h"
#include "smtp/command.h"
#include "smtp/sasl.h"

enum { PROBE_MS = 10 * 1000 };

static const char plain[] = "AUTH PLAIN";

/* An exchange under way; line is what the client says next. */
struct exchange {
	struct session	*session;
	struct sasl	*sasl;
	char		 stage[48];
	struct buf	 line;
};

/* Sets the line to the response, in base64. */
static int
prepare(struct exchange *e, struct str challenge, struct fault *f)
{
	struct buf response;
	int status;

	buf_clear(&e->line);
	buf_init(&response, SASL_MAX);
	status = sasl_step(e->sasl, challenge, &response, f);
	if (status == 0 && base64_encode(&e->line, buf_view(&response)) != 0)
		status = fault(f, EX_OSERR, "out of memory");
	buf_free(&response);
	if (status != 0)
		return fault(f, f->code, "%s: %s: %s", e->session->peer,
		    e->stage, f->text);
	return 0;
}

/* The AUTH command.  The initial response rides on it or stays in the line. */
static int
begin(struct exchange *e, bool *waiting, struct fault *f)
{
	struct session *s = e->session;
	char shown[sizeof(e->stage) + 1];
	struct buf command;
	int status;

	*waiting = sasl_initial(e->sasl);
	if (*waiting && prepare(e, STR(""), f) != 0)
		return -1;
	if (!*waiting ||
	    strlen(e->stage) + 1 + e->line.n + 2 > COMMAND_MAX)
		return command_put(s, f, "%s", e->stage);
	*waiting = false;
	buf_init(&command, COMMAND_MAX);
	/* "=" is the initial response of no octets (section 4). */
	(void)buf_fmt(&command, "%s %s", e->stage, e->line.n == 0 ? "=" : "");
	(void)buf_str(&command, buf_view(&e->line));
	(void)snprintf(shown, sizeof(shown), "%s ", e->stage);
	status = command.failed ? fault(f, EX_OSERR, "%s: %s: out of memory",
	    s->peer, e->stage) :
	    command_put_secret(s, buf_view(&command), shown, f);
	buf_free(&command);
	return status;
}

/* Gives the exchange up (section 4: "*"); the reply does not matter. */
static void
cancel(struct exchange *e)
{
	struct session *s = e->session;
	struct fault ignored;

	if (command_put(s, &ignored, "*") == 0)
		(void)command_reply(s, e->stage, s->relay->timeout.command,
		    &ignored);
}

/* Answers the challenge in the relay's reply. */
static int
answer(struct exchange *e, bool waiting, struct fault *f)
{
	struct session *s = e->session;
	struct buf challenge;
	int status = 0;

	buf_init(&challenge, SASL_MAX);
	/* What is no base64 is empty: LOGIN's prompts are free text to some. */
	if (base64_decode(&challenge, str_trim(buf_view(&s->reply.text))) != 0)
		buf_clear(&challenge);
	if (!waiting)
		status = prepare(e, buf_view(&challenge), f);
	buf_free(&challenge);
	if (status == 0)
		return command_put_secret(s, buf_view(&e->line), "", f);
	cancel(e);
	return -1;
}

/* What the code of a final reply means. */
static int
refuse(struct session *s, const char *stage, struct fault *f)
{
	return command_refused(s, stage, s->reply.code / 100 == 4 ?
	    EX_UNAVAILABLE : EX_NOPERM, f);
}

/* True when nobody but the relay hears what is said. */
static bool
private(const struct session *s)
{
	const struct tls *tls = stream_tls(s->stream);

	return tls != NULL && tls_verified(tls);
}

/* True when the reply need not be waited for. */
static bool
rides(const struct exchange *e)
{
	const struct session *s = e->session;

	return s->last && !s->alone && s->can.pipelining &&
	    strcmp(e->stage, plain) == 0 && private(s);
}

static int
converse(struct exchange *e, struct fault *f)
{
	struct session *s = e->session;
	bool waiting;

	if (begin(e, &waiting, f) != 0)
		return -1;
	s->unproven = !waiting && rides(e);
	if (s->unproven)
		return 0;
	if (command_reply(s, e->stage, s->relay->timeout.command, f) != 0)
		return -1;
	while (s->reply.code == 334) {
		if (answer(e, waiting, f) != 0 || command_reply(s, e->stage,
		    s->relay->timeout.command, f) != 0)
			return -1;
		waiting = false;
	}
	if (s->reply.code != 235) {
		(void)refuse(s, e->stage, f);
		sasl_explain(e->sasl, f);
		return -1;
	}
	if (sasl_finish(e->sasl, f) == 0)
		return 0;
	s->lost = true;
	return fault(f, f->code, "%s: %s: %s", s->peer, e->stage, f->text);
}

static int
exchange(struct session *s, struct sasl *sasl, struct fault *f)
{
	struct exchange e = { .session = s, .sasl = sasl };
	int status;

	buf_init(&e.line, 2 * SASL_MAX);
	(void)snprintf(e.stage, sizeof(e.stage), "AUTH %s", sasl_name(sasl));
	status = converse(&e, f);
	buf_free(&e.line);
	return status;
}

static int
unheeded(struct session *s, struct fault *f)
{
	s->alone = s->lost = true;
	return fault(f, EX_UNAVAILABLE, "%s: the relay does not heed what "
	    "came with it", plain);
}

/*
 * A relay that forgets what came with AUTH would be waited for in vain.  One
 * that is silent for long is left, unless it may be busy with the message:
 * then it is asked to QUIT.  If that is what it answers next, it has heard
 * nothing of the mail, for replies come in order.
 */
static int
probe(struct session *s, bool patient, struct fault *f)
{
	int64_t patience = s->relay->timeout.command / 2;

	if (patience == 0 || patience > PROBE_MS)
		patience = PROBE_MS;
	stream_deadline(s->stream, clock_deadline(patience, s->limit));
	if (stream_speaks(s->stream))
		return 0;
	s->probed = patient;
	return patient ? command_put(s, f, "QUIT") : unheeded(s, f);
}

int
authenticate_heeded(struct session *s, struct fault *f)
{
	return s->probed && s->reply.code == 221 ? unheeded(s, f) : 0;
}

int
authenticate_settle(struct session *s, bool patient, struct fault *f)
{
	const struct timeouts *timeout = &s->relay->timeout;
	int code, status;

	s->unproven = false;
	status = command_reply(s, plain, patient ? timeout->dot :
	    timeout->command, f);
	code = s->reply.code;
	if (status == 0 && code == 235)
		return probe(s, patient, f);
	/* Cut off, asked for more, or out of step: not about the password. */
	s->alone = status != 0 || code < 400 || code / 10 == 50 || code == 554;
	if (status == 0)
		(void)refuse(s, plain, f);
	if (s->alone)
		f->code = EX_UNAVAILABLE;
	return -1;
}

int
authenticate(struct session *s, struct fault *f)
{
	const struct relay *r = s->relay;
	struct sasl_credentials c = {
		.user = r->user, .secret = buf_view(&r->secret),
		.host = s->host, .port = s->port,
		.certificate = r->tls_cert != NULL,
		.clear_text = r->auth_without_tls || private(s),
		.overheard = !private(s),
	};
	struct buf binding;
	struct sasl sasl;
	int status;

	/* Whoever takes mail for a domain has no business with a password. */
	if ((r->user == NULL && r->auth == NULL) || r->kind == RELAY_DIRECT)
		return 0;
	watch_see(s->watch, STAGE_AUTH, SIGHT_BEGUN, "%s", s->peer);
	if (stream_tls(s->stream) == NULL && !r->auth_without_tls)
		return fault(f, EX_NOPERM, "AUTH: refused without TLS "
		    "(use submission:// or \"auth-without-tls yes\")");
	if (!s->can.auth)
		return fault(f, EX_NOPERM, "AUTH: not offered by the relay%s",
		    s->tls == TLS_OFFERED &&
		    !s->can.starttls ? ", which offers no TLS either" : "");
	buf_init(&binding, 1024);
	if (stream_tls(s->stream) != NULL && tls_binding(stream_tls(s->stream),
	    &c.binding_type, &binding) == 0)
		c.binding = buf_view(&binding);
	else
		c.binding_type = NULL;
	status = sasl_start(&sasl, buf_view(&s->can.mechanisms), r->auth, &c,
	    f);
	if (status == 0) {
		watch_see(s->watch, STAGE_AUTH, SIGHT_NOTED, "%s",
		    sasl_name(&sasl));
		status = exchange(s, &sasl, f);
		if (status == 0)
			watch_see(s->watch, STAGE_AUTH, SIGHT_DONE, "%s",
			    sasl_name(&sasl));
		sasl_free(&sasl);
	} else
		(void)fault(f, f->code, "AUTH: %s", f->text);
	buf_free(&binding);
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * The AUTH exchange, RFC 4954: moves what the mechanism (sasl.c) says and
 * hears.  Everything that may hold a secret is wiped on both sides of base64.
 */
#include <stdio.h>

#include "base/base64.h"
#include "smtp/authenticate.h"
#include "smtp/command.h"
#include "smtp/sasl.h"

/* Sends a response; the first may ride on the AUTH command. */
static int
respond(struct session *s, struct sasl *sasl, struct str challenge,
    bool first, struct fault *f)
{
	struct buf response, line;
	char shown[48];
	int status = -1;

	buf_init(&response, SASL_MAX);
	buf_init(&line, 2 * SASL_MAX);
	(void)snprintf(shown, sizeof(shown), "%s%s%s", first ? "AUTH " : "",
	    first ? sasl_name(sasl) : "", first ? " " : "");
	if (sasl_step(sasl, challenge, &response, f) != 0)
		goto out;
	if (first)
		(void)buf_puts(&line, shown);
	/* "=" is the initial response of no octets (section 4). */
	if (first && response.n == 0)
		(void)buf_puts(&line, "=");
	(void)base64_encode(&line, buf_view(&response));
	if (line.failed)
		(void)fault(f, EX_OSERR, "AUTH: out of memory");
	else
		status = command_put_secret(s, buf_view(&line), shown, f);
out:
	buf_free(&response);
	buf_free(&line);
	return status;
}

/* True when the initial response fits on the command line. */
static bool
fits(const struct sasl_credentials *c, const struct sasl *sasl)
{
	size_t user = c->user == NULL ? 0 : str_of(c->user).n;

	return sasl_initial(sasl) &&
	    (2 * user + c->secret.n + 160) * 4 / 3 < COMMAND_MAX;
}

/* Gives the exchange up (section 4: "*"); the reply does not matter. */
static void
cancel(struct session *s, const char *stage)
{
	struct fault ignored;

	if (!s->lost && command_put(s, &ignored, "*") == 0)
		(void)command_reply(s, stage, s->relay->timeout.command,
		    &ignored);
}

static int
exchange(struct session *s, struct sasl *sasl,
    const struct sasl_credentials *c, struct fault *f)
{
	struct buf challenge;
	char stage[48];
	int status = -1;

	buf_init(&challenge, SASL_MAX);
	(void)snprintf(stage, sizeof(stage), "AUTH %s", sasl_name(sasl));
	if (fits(c, sasl) ? respond(s, sasl, STR(""), true, f) != 0 :
	    command_put(s, f, "%s", stage) != 0)
		goto out;
	for (;;) {
		struct str text;

		if (command_reply(s, stage, s->relay->timeout.command, f) != 0)
			goto out;
		if (s->reply.code != 334)
			break;
		text = str_trim(buf_view(&s->reply.text));
		/* LOGIN's prompts are free text to some servers. */
		buf_clear(&challenge);
		if (base64_decode(&challenge, text) != 0)
			buf_clear(&challenge);
		if (respond(s, sasl, buf_view(&challenge), false, f) != 0) {
			cancel(s, stage);
			(void)fault(f, f->code, "%s: %s: %s", s->peer, stage,
			    f->text);
			goto out;
		}
	}
	if (s->reply.code == 235)
		status = sasl_finish(sasl, f);
	else
		status = command_refused(s, stage, s->reply.code / 100 == 4 ?
		    EX_UNAVAILABLE : EX_NOPERM, f);
out:
	buf_free(&challenge);
	return status;
}

/* True when the password itself may be shown to the relay. */
static bool
trusted(const struct session *s)
{
	const struct tls *tls = stream_tls(s->stream);

	return s->relay->auth_without_tls ||
	    (tls != NULL && tls_verified(tls));
}

int
authenticate(struct session *s, struct fault *f)
{
	const struct relay *r = s->relay;
	struct sasl_credentials c = {
		.user = r->user, .secret = buf_view(&r->secret),
		.host = r->host, .port = r->port,
		.certificate = r->tls_cert != NULL, .clear_text = trusted(s),
	};
	struct buf binding;
	struct sasl sasl;
	int status;

	if (r->user == NULL && r->auth == NULL)
		return 0;
	if (stream_tls(s->stream) == NULL && !r->auth_without_tls)
		return fault(f, EX_NOPERM, "%s: AUTH: refused without TLS "
		    "(use submission:// or \"auth-without-tls yes\")", s->peer);
	if (!s->can.auth)
		return fault(f, EX_NOPERM, "%s: AUTH: not offered by the relay"
		    "%s", s->peer, s->relay->tls == TLS_OFFERED &&
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
		status = exchange(s, &sasl, &c, f);
		sasl_free(&sasl);
	} else
		(void)fault(f, f->code, "%s: AUTH: %s", s->peer, f->text);
	buf_free(&binding);
	return status;
}

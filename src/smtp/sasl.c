/* SPDX-License-Identifier: ISC */
/*
 * SASL for SMTP, RFC 4954, the client's side: each mechanism as pure steps from
 * challenge to response.  Knows neither the AUTH command nor base64; SCRAM's
 * arithmetic is in scram.c, the choice in mechanism.c.  RFC 4616 (PLAIN),
 * 2195 (CRAM-MD5), 5802 and 7677 (SCRAM), 7628 (OAUTHBEARER), 4422 appendix A
 * (EXTERNAL); LOGIN and XOAUTH2 are customs without a standard.
 */
#include <limits.h>
#include <string.h>

#include "smtp/sasl.h"
#include "smtp/scram.h"

/* A step that nobody should ask for. */
static int
unexpected(struct fault *f)
{
	return fault(f, EX_PROTOCOL, "the relay asks for more than the "
	    "mechanism has");
}

static int
step_external(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	(void)challenge;
	if (s->step > 0)
		return unexpected(f);
	(void)buf_str(out, str_of(s->credentials->user));
	s->done = true;
	return 0;
}

static int
step_plain(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	const struct sasl_credentials *c = s->credentials;

	(void)challenge;
	if (s->step > 0)
		return unexpected(f);
	if (memchr(c->secret.p, '\0', c->secret.n) != NULL)
		return fault(f, EX_CONFIG, "the password holds a NUL");
	(void)buf_char(out, '\0');
	(void)buf_puts(out, c->user);
	(void)buf_char(out, '\0');
	(void)buf_str(out, c->secret);
	s->done = true;
	return 0;
}

/* What the challenges say differs from server to server; their order not. */
static int
step_login(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	(void)challenge;
	if (s->step > 1)
		return unexpected(f);
	if (s->step == 0)
		(void)buf_puts(out, s->credentials->user);
	else
		(void)buf_str(out, s->credentials->secret);
	s->done = s->step == 1;
	return 0;
}

static int
step_cram(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	const struct hash *hash = &hash_md5;
	uint8_t digest[HASH_MAX];

	if (s->step > 0)
		return unexpected(f);
	if (challenge.n == 0)
		return fault(f, EX_PROTOCOL, "the relay's challenge is empty "
		    "(RFC 2195 section 2)");
	hmac(hash, s->credentials->secret, challenge, digest);
	(void)buf_fmt(out, "%s ", s->credentials->user);
	for (size_t i = 0; i < hash->size; i++)
		(void)buf_fmt(out, "%02x", digest[i]);
	s->done = true;
	return 0;
}

static int
step_scram(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	const struct sasl_credentials *c = s->credentials;
	struct scram scram = {
		.hash = s->mechanism->hash, .user = c->user,
		.password = c->secret, .nonce = c->nonce,
		.unseen = s->unseen, .state = &s->scratch
	};

	if (s->mechanism->traits & NEED_BINDING) {
		scram.binding_type = c->binding_type;
		scram.binding = c->binding;
	}
	switch (s->step) {
	case 0:
		return scram_first(&scram, out, f);
	case 1:
		return scram_final(&scram, challenge, out, f);
	case 2:
		if (scram_verify(&scram, challenge, f) == -1)
			return -1;
		s->done = true;
		return 0;
	default:
		return unexpected(f);
	}
}

/* What is behind a token is told by control characters: it may hold none. */
static int
check_token(struct str token, struct fault *f)
{
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] < ' ' || token.p[i] > '~')
			return fault(f, EX_CONFIG, "the password is no token: "
			    "it holds a character that is not printable ASCII");
	return 0;
}

/* The error report of an OAuth server; it still wants to be answered. */
static int
note_error(struct sasl *s, struct str challenge, struct fault *f)
{
	if (s->step > 1 || challenge.n == 0)
		return unexpected(f);
	(void)buf_str(&s->scratch, challenge);
	s->done = false;
	return 0;
}

static int
step_oauthbearer(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	const struct sasl_credentials *c = s->credentials;

	if (s->step > 0) {
		(void)buf_char(out, '\1');
		return note_error(s, challenge, f);
	}
	if (check_token(c->secret, f) == -1)
		return -1;
	(void)buf_puts(out, "n,a=");
	for (const char *p = c->user; *p != '\0'; p++) {
		if (*p == ',')		/* RFC 5801 section 4 */
			(void)buf_puts(out, "=2C");
		else if (*p == '=')
			(void)buf_puts(out, "=3D");
		else
			(void)buf_char(out, *p);
	}
	(void)buf_char(out, ',');
	if (c->port != 0)		/* not on a Unix socket */
		(void)buf_fmt(out, "\1host=%s\1port=%u", c->host, c->port);
	(void)buf_puts(out, "\1auth=Bearer ");
	(void)buf_str(out, c->secret);
	(void)buf_puts(out, "\1\1");
	s->done = true;
	return 0;
}

static int
step_xoauth2(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	const struct sasl_credentials *c = s->credentials;

	if (s->step > 0)
		return note_error(s, challenge, f);
	if (check_token(c->secret, f) == -1)
		return -1;
	(void)buf_fmt(out, "user=%s\1auth=Bearer ", c->user);
	(void)buf_str(out, c->secret);
	(void)buf_puts(out, "\1\1");
	s->done = true;
	return 0;
}

enum {
	PASSWORD = NEED_USER | NEED_SECRET,
	TOKEN = PASSWORD | NEED_NAMING | SENDS_SECRET
};

/* In the order of preference where nobody else listens. */
static const struct sasl_mechanism mechanisms[] = {
	{ "EXTERNAL", NEED_CERTIFICATE, NULL, step_external },
	{ "OAUTHBEARER", TOKEN, NULL, step_oauthbearer },
	{ "XOAUTH2", TOKEN, NULL, step_xoauth2 },
	{ "PLAIN", PASSWORD | SENDS_SECRET, NULL, step_plain },
	{ "LOGIN", PASSWORD | SENDS_SECRET | SERVER_FIRST, NULL, step_login },
	{ "SCRAM-SHA-256-PLUS", PASSWORD | NEED_BINDING, &hash_sha256,
	    step_scram },
	{ "SCRAM-SHA-256", PASSWORD, &hash_sha256, step_scram },
	{ "SCRAM-SHA-1-PLUS", PASSWORD | NEED_BINDING, &hash_sha1, step_scram },
	{ "SCRAM-SHA-1", PASSWORD, &hash_sha1, step_scram },
	{ "CRAM-MD5", PASSWORD | SERVER_FIRST, NULL, step_cram },
	{ NULL, 0, NULL, NULL }
};

int
sasl_start(struct sasl *s, struct str offered, const char *allowed,
    const struct sasl_credentials *c, struct fault *f)
{
	*s = (struct sasl){ .credentials = c };
	buf_init(&s->scratch, 4 * SASL_MAX);
	s->mechanism = mechanism_choose(mechanisms, offered, allowed, c, f);
	if (s->mechanism == NULL)
		return -1;
	s->unseen = c->binding_type != NULL && !mechanism_binding(offered);
	return 0;
}

const char *
sasl_name(const struct sasl *s)
{
	return s->mechanism->name;
}

bool
sasl_initial(const struct sasl *s)
{
	return !(s->mechanism->traits & SERVER_FIRST);
}

int
sasl_step(struct sasl *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	int status = s->mechanism->step(s, challenge, out, f);

	if (status == 0 && (out->failed || s->scratch.failed))
		status = fault(f, EX_OSERR, "no memory for the exchange");
	/* What has failed once cannot be taken up again. */
	s->step = status == 0 ? s->step + 1 : INT_MAX;
	s->done = s->done && status == 0;
	return status;
}

int
sasl_finish(struct sasl *s, struct fault *f)
{
	if (s->done)
		return 0;
	if (s->mechanism->hash != NULL)
		return fault(f, EX_PROTOCOL, "the relay says yes, but has not "
		    "shown that it knows the password (RFC 5802 section 5)");
	return fault(f, EX_PROTOCOL, "the relay says yes before the exchange "
	    "is over");
}

/* The status in an OAuth error (JSON, RFC 7628 section 3.2.2), or all of it. */
static struct str
status_of(struct str json)
{
	static const char key[] = "\"status\"";
	struct str colon, value, rest;
	const char *at = memmem(json.p, json.n, key, sizeof(key) - 1);

	if (at == NULL)
		return json;
	at += sizeof(key) - 1;
	rest = (struct str){ at, json.n - (size_t)(at - json.p) };
	if (!str_cut(&rest, '"', &colon) ||
	    !str_eq(str_trim(colon), STR(":")) ||
	    !str_cut(&rest, '"', &value) || rest.p == NULL)
		return json;
	return value;
}

void
sasl_explain(const struct sasl *s, struct fault *f)
{
	struct str said = buf_view(&s->scratch);

	if (!(s->mechanism->traits & NEED_NAMING) || said.n == 0)
		return;
	said = status_of(said);
	(void)fault(f, f->code, "%s (%.*s)", f->text,
	    said.n < 200 ? (int)said.n : 200, said.p);
}

void
sasl_free(struct sasl *s)
{
	buf_free(&s->scratch);
}

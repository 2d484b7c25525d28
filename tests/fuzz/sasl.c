/* SPDX-License-Identifier: ISC */
/*
 * SASL: the first line is what the server offers, the second what is allowed
 * (empty: all), each further line a challenge, in which % stands for what only
 * who takes part can know: our nonce, or the right signature.  A first octet
 * from '0' to '?' chooses other credentials.  Whatever the server says,
 * sasl_finish() agrees only when the mechanism has come to its end.  And the
 * whole input as a password: prepared once, it is prepared for good.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "smtp/sasl.h"
#include "smtp/saslprep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NO_CERTIFICATE = 1, NO_BINDING = 2, CLEAR_TEXT = 4, ODD = 8 };

#define NONCE "fyko+d2lbbFgONRv9qkxdawL"

/* Many iterations are allowed, but would make the fuzzer slow. */
static bool
expensive(struct str s)
{
	for (size_t i = 0; i + 7 < s.n; i++)
		if (s.p[i] == 'i' && s.p[i + 1] == '=' && s.p[i + 6] >= '0' &&
		    s.p[i + 6] <= '9')
			return true;
	return false;
}

/* The challenge with its % filled in. */
static void
fill_in(struct buf *b, const struct sasl *s, struct str line)
{
	struct str part;

	buf_clear(b);
	while (line.n > 0 && memchr(line.p, '%', line.n) != NULL) {
		(void)str_cut(&line, '%', &part);
		(void)buf_str(b, part);
		if (s->step == 2)
			(void)base64_encode(b, buf_view(&s->scratch));
		else
			(void)buf_puts(b, NONCE);
	}
	(void)buf_str(b, line);
}

static void
exchange(struct sasl *s, struct str challenges)
{
	struct str line = { NULL, 0 };
	struct fault f = { 0 };
	struct buf out, challenge;
	int status = 0;

	buf_init(&out, SASL_MAX);
	buf_init(&challenge, 1024 * 1024);
	if (sasl_initial(s))
		status = sasl_step(s, line, &out, &f);
	while (status == 0 && str_cut(&challenges, '\n', &line)) {
		buf_clear(&out);
		fill_in(&challenge, s, line);
		status = sasl_step(s, buf_view(&challenge), &out, &f);
	}
	if (status == -1)
		assert(f.code != 0 && f.text[0] != '\0' && !s->done);
	assert(sasl_finish(s, &f) == (s->done ? 0 : -1));
	if (strncmp(sasl_name(s), "SCRAM", 5) == 0)
		assert(!s->done || s->step == 3);
	sasl_explain(s, &f);
	buf_free(&challenge);
	buf_free(&out);
}

/* RFC 4013: no output needs to be prepared again. */
static void
check_prepared(struct str text)
{
	struct buf once, twice;
	struct fault f = { 0 };

	buf_init(&once, 4 * text.n + 16);
	buf_init(&twice, 4 * text.n + 16);
	if (saslprep(&once, text, &f) == 0) {
		assert(once.n > 0 && !once.failed);
		assert(saslprep(&twice, buf_view(&once), &f) == 0);
		assert(str_eq(buf_view(&once), buf_view(&twice)));
	} else
		assert(f.code == EX_CONFIG);
	buf_free(&once);
	buf_free(&twice);
}

static void
choose(struct sasl_credentials *c, unsigned choice)
{
	c->certificate = (choice & NO_CERTIFICATE) == 0;
	c->clear_text = (choice & CLEAR_TEXT) == 0;
	c->overheard = (choice & NO_BINDING) != 0;
	if (choice & NO_BINDING)
		c->binding_type = NULL;
	if ((choice & ODD) == 0)
		return;
	c->secret = STR("p\303\244ss\302\240\302\255");
	if (choice & CLEAR_TEXT)
		c->secret = STR("");
	if (choice & NO_CERTIFICATE)
		c->user = NULL;
	else if (choice & NO_BINDING)
		c->nonce = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sasl_credentials credentials = {
		.user = "us=er,", .secret = { "pencil", 6 },
		.host = "relay.example.com", .port = 587,
		.binding_type = "tls-exporter", .binding = { "\1\2\3", 3 },
		.certificate = true, .clear_text = true, .nonce = NONCE
	};
	struct str rest = { (const char *)data, size }, offered, line;
	struct fault f = { 0 };
	struct sasl s;
	struct buf allowed;

	check_prepared(rest);
	if (expensive(rest))
		return 0;
	if (rest.n > 0 && rest.p[0] >= '0' && rest.p[0] <= '?') {
		choose(&credentials, (unsigned)(rest.p[0] - '0'));
		rest.p++;
		rest.n--;
	}
	buf_init(&allowed, size);
	(void)str_cut(&rest, '\n', &offered);
	(void)str_cut(&rest, '\n', &line);
	(void)buf_str(&allowed, line);
	if (sasl_start(&s, offered, allowed.n > 0 ? buf_cstr(&allowed) : NULL,
	    &credentials, &f) == 0)
		exchange(&s, rest);
	else
		assert(f.code == EX_NOPERM);
	sasl_free(&s);
	buf_free(&allowed);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * SASL: the first line is what the server offers, the second what is allowed
 * (empty: all), each further line a challenge.  Whatever the server says,
 * sasl_finish() agrees only when the mechanism has come to its end.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "smtp/sasl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static void
exchange(struct sasl *s, struct str challenges)
{
	struct str challenge = { NULL, 0 };
	struct fault f = { 0 };
	struct buf out;
	int status = 0;

	buf_init(&out, SASL_MAX);
	if (sasl_initial(s))
		status = sasl_step(s, challenge, &out, &f);
	while (status == 0 && str_cut(&challenges, '\n', &challenge)) {
		buf_clear(&out);
		status = sasl_step(s, challenge, &out, &f);
	}
	if (status == -1)
		assert(f.code != 0 && f.text[0] != '\0' && !s->done);
	assert(sasl_finish(s, &f) == (s->done ? 0 : -1));
	if (strncmp(sasl_name(s), "SCRAM", 5) == 0)
		assert(!s->done || s->step == 3);
	sasl_explain(s, &f);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sasl_credentials credentials = {
		.user = "us=er,", .secret = { "pencil", 6 },
		.host = "relay.example.com", .port = 587,
		.binding_type = "tls-exporter", .binding = { "\1\2\3", 3 },
		.certificate = true, .clear_text = true,
		.nonce = "fyko+d2lbbFgONRv9qkxdawL"
	};
	struct str rest = { (const char *)data, size }, offered, line;
	struct fault f = { 0 };
	struct sasl s;
	struct buf allowed;

	if (expensive(rest))
		return 0;
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

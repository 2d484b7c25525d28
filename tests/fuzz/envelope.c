/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a header and as arguments: the fields are the header, octet by
 * octet; every recipient to be tried is a complete address, and only once
 * there; nothing with a line end in it comes from an argument.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/addr.h"
#include "mail/envelope.h"
#include "mail/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COMPARED = 64 };

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_fields(struct str header)
{
	const char *at = header.p;
	struct field field;

	while (header_next(&header, &field)) {
		require(field.raw.p == at && field.raw.n > 0);
		at += field.raw.n;
		require(field.body.p >= field.raw.p);
		require(field.body.p + field.body.n <= at);
		require(field.name.n == header_name_length(field.raw));
		require(field.name.n == 0 || field.body.p[-1] == ':');
	}
	require(header.n == 0);
}

static bool
same(const char *a, const char *b)
{
	const char *x = strrchr(a, '@'), *y = strrchr(b, '@');

	if (x == NULL || y == NULL)
		return strcmp(a, b) == 0;
	return str_eq((struct str){ a, (size_t)(x - a) },
	    (struct str){ b, (size_t)(y - b) }) &&
	    str_ieq(str_of(x), str_of(y));
}

static void
check_rcpt(const struct rcpt *r)
{
	struct fault f = { 0 };
	struct addr a;

	require(r->last->relay[0] == '\0' && !r->unsure);
	require(r->utf8 == str_has_8bit(str_of(r->address)));
	if (r->state == RCPT_PENDING) {
		require(addr_single(str_of(r->address), &a, &f) == 0);
		require(strcmp(a.spec, r->address) == 0 && a.domain != NULL);
		require(r->last->reply[0] == '\0' && r->last->code == 0);
		return;
	}
	require(r->state == RCPT_PERMANENT && r->last->code == EX_DATAERR);
	require(r->last->reply[0] != '\0');
	require(strcmp(r->last->dsn, "5.1.3") == 0);
	for (const char *p = r->address; *p != '\0'; p++)
		require(*p >= ' ' && *p <= '~');
}

static void
check_envelope(const struct envelope *e)
{
	size_t pending = 0;

	for (size_t i = 0; i < e->count; i++) {
		if (!e->rcpt[i].told)
			check_rcpt(&e->rcpt[i]);
		pending += e->rcpt[i].state == RCPT_PENDING;
		for (size_t j = 0; j < i && j < COMPARED; j++)
			require(e->rcpt[i].told || e->rcpt[j].told || !same(e->rcpt[i].address, e->rcpt[j].address));
	}
	require(envelope_open(e) == pending);
}

/* As it comes back from the spool: the same addresses, each of them once. */
static void
check_copy(const struct envelope *e)
{
	struct fault f = { 0 };
	struct envelope copy;
	size_t n = 0;

	envelope_init(&copy);
	if (e->sender != NULL)
		require(envelope_put_sender(&copy, e->sender, &f) == 0);
	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *r = &e->rcpt[i];

		if (r->told || r->state != RCPT_PENDING)
			continue;
		require(envelope_put(&copy, r->address, &f) != NULL);
		require(envelope_put(&copy, r->address, &f) == NULL);
		require(f.code == EX_DATAERR && copy.count == ++n);
	}
	check_envelope(&copy);
	envelope_free(&copy);
}

static bool
is_argument(struct str s)
{
	return s.n == 0 || (memchr(s.p, '\r', s.n) == NULL &&
	    memchr(s.p, '\n', s.n) == NULL && memchr(s.p, '\0', s.n) == NULL);
}

/* The mailbox of an RCPT command, which may be taken back. */
static void
add_one(struct envelope *e, struct str line, const struct qualifier *q)
{
	struct fault f = { 0 };
	const size_t before = e->count;

	if (envelope_rcpt(e, line, q, &f) != 0) {
		require(f.code == EX_DATAERR && e->count == before);
		return;
	}
	if (e->count == before || line.n % 2 == 0)
		return;
	rcpt_relay(e, &e->rcpt[before], "relay.example.com[192.0.2.1]:25");
	rcpt_relay(e, &e->rcpt[before], NULL);
	(void)fault(&f, EX_UNAVAILABLE, "450 4.2.0 not now");
	rcpt_result(e, &e->rcpt[before], RCPT_TEMPORARY, NULL, &f);
	envelope_tell(e, before);
	require(!rcpt_open(&e->rcpt[before]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aliases aliases;
	const struct qualifier q = { "example.org", &aliases };
	const struct str text = { (const char *)data, size };
	struct str rest = text, line;
	struct fault f = { 0 };
	struct envelope e;
	struct addr a;

	check_fields(text);
	aliases_init(&aliases, "aliases", true, "ops@example.com");
	envelope_init(&e);
	require(envelope_from_header(&e, text, &q, &f) == 0);
	check_envelope(&e);
	require((envelope_add(&e, text, &q, &f) == 0) == is_argument(text));
	while (str_cut(&rest, '\n', &line)) {
		add_one(&e, line, &q);
		require((envelope_add(&e, line, &q, &f) == 0) ==
		    is_argument(line));
		if (envelope_sender(&e, line, &q, &f) != 0)
			require(f.code == EX_DATAERR);
		else if (e.sender[0] != '\0')
			require(addr_single(str_of(e.sender), &a, &f) == 0 &&
			    a.domain != NULL);
	}
	check_envelope(&e);
	check_copy(&e);
	envelope_free(&e);
	aliases_free(&aliases);
	return 0;
}

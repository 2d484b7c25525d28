/* SPDX-License-Identifier: ISC */
/*
 * The answer of a name server from any bytes.  The first byte chooses what was
 * asked for, and the number of the question is put into the packet, so that
 * most inputs get past the first look.  With its highest bit the rest is no
 * packet but says how to make one: see build().  No record may come out with a
 * name that is none, and none at all unless something was found.
 */
#include <arpa/nameser.h>
#include <resolv.h>

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/url.h"
#include "net/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned types[] = {
	ANSWER_A, ANSWER_AAAA, ANSWER_MX, ANSWER_SRV, ANSWER_TXT
};

enum { HEADER_SIZE = 12, QUESTION_NAME = 12, CNAME = 5, BUILT = 128, MOST = 65535 };

static void
check(const struct answer *a, unsigned type)
{
	assert(a->count <= ANSWER_MAX);
	for (size_t i = 0; i < a->count; i++) {
		const struct record *r = &a->record[i];

		assert(strlen(r->host) < ANSWER_NAME);
		assert(r->host[0] == '\0' || url_is_domain(str_of(r->host)));
		assert((r->text != NULL) == (type == ANSWER_TXT));
		assert(r->text == NULL || r->text[r->length] == '\0');
		if (type == ANSWER_A || type == ANSWER_AAAA)
			assert(r->host[0] == '\0');
	}
}

/* The next octet of the plan; 0 behind its end. */
static unsigned
next(struct str *plan)
{
	unsigned octet = plan->n > 0 ? (unsigned char)plan->p[0] : 0;

	if (plan->n > 0) {
		plan->p++;
		plan->n--;
	}
	return octet;
}

static void
put(struct buf *b, uint64_t value, size_t octets)
{
	while (octets-- > 0)
		(void)buf_char(b, (char)(value >> 8 * octets & 255));
}

/* A name: the question's, the last alias's, any place's, or labels. */
static void
put_name(struct buf *b, struct str *plan, size_t alias)
{
	unsigned kind = next(plan), n;

	if (kind < 64)
		put(b, 0xc000 | QUESTION_NAME, 2);
	else if (kind < 128)
		put(b, 0xc000 | (unsigned)alias, 2);
	else if (kind < 160)
		put(b, 0xc000 | (next(plan) << 2 & 0x3fff), 2);
	else {
		for (unsigned labels = 1 + kind % 4; labels > 0; labels--) {
			n = next(plan) % 64;
			put(b, n, 1);
			while (n-- > 0)
				put(b, next(plan), 1);
		}
		if (kind % 8 < 4)
			put(b, 0, 1);
		else
			put(b, 0xc000 | QUESTION_NAME, 2);
	}
}

/* One record; *alias: where the name is that the last CNAME gave. */
static void
put_record(struct buf *b, struct str *plan, unsigned wanted, size_t *alias)
{
	unsigned choice, type;
	size_t length, start;

	put_name(b, plan, *alias);
	choice = next(plan);
	type = choice % 8 < 5 ? wanted : choice % 8 < 7 ? CNAME : choice;
	put(b, type, 2);
	put(b, choice < 248 ? ns_c_in : choice, 2);
	put(b, 60, 4);
	length = b->n;
	put(b, 0, 2);
	start = b->n;
	if (type == ANSWER_MX || type == ANSWER_SRV)
		for (int i = type == ANSWER_MX ? 2 : 6; i > 0; i--)
			put(b, next(plan), 1);
	if (type == ANSWER_A || type == ANSWER_AAAA)
		for (int i = type == ANSWER_A ? 4 : 16; i > 0; i--)
			put(b, next(plan), 1);
	else {
		if (type == CNAME)
			*alias = start;
		put_name(b, plan, *alias);
	}
	/* Mostly the right length. */
	choice = next(plan);
	length = choice < 240 ? length : 0;
	if (length > 0 && b->n <= MOST) {
		b->p[length] = (char)((b->n - start) >> 8);
		b->p[length + 1] = (char)(b->n - start);
	}
}

/*
 * The packet of a plan: flags, as they differ from a good answer's, how far
 * the counts of questions and answers are from the truth, then the records.
 * Zeros make a sensible one.
 */
static void
build(struct buf *b, struct str plan, struct str question, unsigned wanted)
{
	unsigned flags, questions, answers, count = 0;
	size_t alias = QUESTION_NAME;

	flags = next(&plan) << 8;
	flags |= next(&plan);
	questions = next(&plan);
	answers = next(&plan);
	(void)buf_str(b, (struct str){ question.p, 2 });
	put(b, 0x8180 ^ flags, 2);
	put(b, 1 + questions, 2);
	put(b, 0, 6);
	(void)buf_add(b, question.p + HEADER_SIZE, question.n - HEADER_SIZE);
	for (; plan.n > 0 && b->n < 16 * 1024; count++)
		put_record(b, &plan, wanted, &alias);
	b->p[6] = (char)((count + answers) >> 8);
	b->p[7] = (char)(count + answers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char question[300];
	const struct str asked = { (const char *)question, sizeof(question) };
	unsigned type;
	struct answer a;
	enum answer_status status;
	struct buf made;
	char *packet;
	int n;

	if (size < 3)
		return 0;
	type = types[data[0] % 5];
	n = res_mkquery(ns_o_query, "a.test", ns_c_in, (int)type, NULL, 0,
	    NULL, question, sizeof(question));
	if (n < 0)
		abort();
	buf_init(&made, MOST);
	if ((data[0] & BUILT) != 0)
		build(&made, (struct str){ (const char *)data + 1, size - 1 },
		    (struct str){ asked.p, (size_t)n }, type);
	else
		(void)buf_add(&made, (const char *)data + 1, size - 1);
	/* Just its octets, for the sanitizer to see the first one beyond. */
	if ((packet = malloc(made.n)) == NULL && made.n > 0)
		abort();
	if (made.n > 0)
		memcpy(packet, made.p, made.n);
	if (made.n >= 2)
		memcpy(packet, question, 2);
	status = answer_parse(&a, (struct str){ packet, made.n },
	    (struct str){ asked.p, (size_t)n });
	assert(status != ANSWER_SILENT);
	if (status == ANSWER_FOUND)
		check(&a, type);
	else
		assert(a.count == 0 && a.record == NULL);
	answer_free(&a);
	free(packet);
	buf_free(&made);
	return 0;
}

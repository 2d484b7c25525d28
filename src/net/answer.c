/* SPDX-License-Identifier: ISC */
/*
 * The packets of name servers, RFC 1035 section 4, which anybody may have made.
 * A cursor that has once left the packet stays bad, so that one test at the
 * end does for all.  Compressed names are the C library's dn_expand(3), which
 * is bounded whatever the pointers in them do.  Aliases are followed from one
 * record to the next, in one pass: a cycle of them comes to nothing.  Names
 * that could not stand in a configuration file do not come out either.
 */
#include <arpa/nameser.h>
#include <resolv.h>

#include <stdlib.h>
#include <string.h>
#include <bsd/string.h>

#include "config/url.h"
#include "net/answer.h"

enum { CNAME = 5, INTERNET = 1, HEADER_SIZE = 12 };

struct cursor {
	const unsigned char *start, *at, *end;
	bool	 bad;
};

static unsigned
number(struct cursor *c, size_t n)
{
	unsigned value = 0;

	if ((size_t)(c->end - c->at) < n)
		c->bad = true;
	if (c->bad)
		return 0;
	while (n-- > 0)
		value = value << 8 | *c->at++;
	return value;
}

static void
octets(struct cursor *c, unsigned char *out, size_t n)
{
	if (c->bad || (size_t)(c->end - c->at) < n) {
		c->bad = true;
		return;
	}
	memcpy(out, c->at, n);
	c->at += n;
}

static void
name(struct cursor *c, char out[ANSWER_NAME])
{
	int n;

	out[0] = '\0';
	if (c->bad || c->at >= c->end) {
		c->bad = true;
		return;
	}
	n = dn_expand(c->start, c->end, c->at, out, ANSWER_NAME);
	if (n < 0 || n > c->end - c->at)
		c->bad = true;
	else
		c->at += n;
	if (c->bad)
		out[0] = '\0';
	else if (strcmp(out, ".") == 0)
		out[0] = '\0';
}

/* The header: what becomes of the packet, unless its records matter. */
static enum answer_status
header(struct cursor *c, struct str question)
{
	unsigned flags, code;

	if ((size_t)(c->end - c->at) < HEADER_SIZE ||
	    memcmp(c->at, question.p, 2) != 0)
		return ANSWER_STRANGE;
	c->at += 2;
	flags = number(c, 2);
	code = flags & 15;
	if ((flags & 0xf800) != 0x8000)		/* no answer to a query */
		return ANSWER_STRANGE;
	if (code != 0 && code != 3)
		return ANSWER_FAILED;
	if ((flags & 0x0200) != 0)
		return ANSWER_CUT;
	return code == 3 ? ANSWER_NO_NAME : ANSWER_FOUND;
}

/* One question, as it was asked; its name and type. */
static bool
echoed(struct cursor *c, struct str question, char owner[ANSWER_NAME],
    unsigned *type)
{
	const unsigned char *p = (const unsigned char *)question.p;
	struct cursor asked = { p, p + HEADER_SIZE, p + question.n, false };
	char again[ANSWER_NAME];

	name(&asked, owner);
	name(c, again);
	*type = number(c, 2);
	return *type == number(&asked, 2) &&
	    number(c, 2) == number(&asked, 2) && !c->bad && !asked.bad &&
	    str_ieq(str_of(owner), str_of(again));
}

/* RFC 7208 section 3.3, 6376 section 3.6.2.2: no blanks in between. */
static void
text(struct cursor *c, struct record *r)
{
	const size_t most = (size_t)(c->end - c->at);

	r->text = malloc(most + 1);
	while (r->text != NULL && !c->bad && c->at < c->end) {
		unsigned n = number(c, 1);

		octets(c, (unsigned char *)r->text + r->length, n);
		r->length += c->bad ? 0 : n;
	}
	c->bad = c->bad || r->text == NULL;
	if (r->text != NULL)
		r->text[r->length] = '\0';
}

/* The data of a record of the type that was asked for; false: unusable. */
static bool
take(struct cursor *c, unsigned type, struct record *r)
{
	*r = (struct record){ 0 };
	switch (type) {
	case ANSWER_A:
		octets(c, r->octets, 4);
		break;
	case ANSWER_AAAA:
		octets(c, r->octets, 16);
		break;
	case ANSWER_SRV:
		r->preference = (uint16_t)number(c, 2);
		r->weight = (uint16_t)number(c, 2);
		r->port = (uint16_t)number(c, 2);
		name(c, r->host);
		break;
	case ANSWER_TXT:
		text(c, r);
		break;
	default:
		r->preference = (uint16_t)number(c, 2);
		name(c, r->host);
	}
	return !c->bad && c->at == c->end &&
	    (r->host[0] == '\0' || url_is_domain(str_of(r->host)));
}

static int
add(struct answer *a, const struct record *r)
{
	struct record *grown;

	if (a->count == ANSWER_MAX) {
		free(r->text);
		return 0;
	}
	if ((a->count & (a->count - 1)) == 0) {
		grown = reallocarray(a->record, a->count == 0 ? 1 :
		    a->count * 2, sizeof(*grown));
		if (grown == NULL)
			return -1;
		a->record = grown;
	}
	a->record[a->count++] = *r;
	return 0;
}

/*
 * One record of the answer section; owner follows the aliases.  Returns 1 for
 * one that was asked for, 0 for others, -1 for lack of memory.
 */
static int
step(struct cursor *c, struct answer *a, unsigned wanted,
    char owner[ANSWER_NAME])
{
	char whose[ANSWER_NAME];
	struct cursor data = *c;
	struct record r;
	unsigned type, class, size;

	name(c, whose);
	type = number(c, 2);
	class = number(c, 2);
	(void)number(c, 4);		/* how long it may be kept */
	size = number(c, 2);
	if (c->bad || (size_t)(c->end - c->at) < size) {
		c->bad = true;
		return 0;
	}
	data.at = c->at;
	data.end = c->at += size;
	if (class != INTERNET || !str_ieq(str_of(whose), str_of(owner)))
		return 0;
	if (type == CNAME)
		name(&data, owner);
	if (type != wanted)
		return 0;
	if (!take(&data, type, &r)) {
		free(r.text);
		return 1;
	}
	if (add(a, &r) == 0)
		return 1;
	free(r.text);
	return -1;
}

/* The answer section. */
static enum answer_status
records(struct cursor *c, struct answer *a, unsigned count, unsigned wanted,
    char owner[ANSWER_NAME])
{
	enum answer_status status = ANSWER_EMPTY;

	while (count-- > 0 && !c->bad) {
		int found = step(c, a, wanted, owner);

		if (found < 0) {
			answer_free(a);
			return ANSWER_FAILED;
		}
		if (found > 0)
			status = ANSWER_FOUND;
	}
	if (c->bad) {
		answer_free(a);
		return ANSWER_STRANGE;
	}
	return status;
}

enum answer_status
answer_parse(struct answer *a, struct str packet, struct str question)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct cursor c = { p, p, p + packet.n, false };
	char owner[ANSWER_NAME];
	unsigned type, count;
	enum answer_status status;

	*a = (struct answer){ 0 };
	status = header(&c, question);
	if (status == ANSWER_STRANGE)
		return status;
	count = number(&c, 2);
	/* Who fails may leave the question out. */
	if (count == 0 && status == ANSWER_FAILED)
		return status;
	if (count != 1)
		return ANSWER_STRANGE;
	count = number(&c, 2);
	(void)number(&c, 4);
	if (!echoed(&c, question, owner, &type))
		return ANSWER_STRANGE;
	return status == ANSWER_FOUND ? records(&c, a, count, type, owner) :
	    status;
}

void
answer_free(struct answer *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->record[i].text);
	free(a->record);
	*a = (struct answer){ 0 };
}

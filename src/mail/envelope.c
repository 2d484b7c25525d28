/* SPDX-License-Identifier: ISC */
/*
 * Who the mail is from and for: collects addresses from arguments and header
 * fields, completes them, and drops duplicates by means of a tree, so that
 * ten thousand recipients cost little more than ten thousand times one.
 * Local parts are compared exactly, as RFC 5321 section 2.4 demands.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <bsd/string.h>

#include "mail/addr.h"
#include "mail/alias_walk.h"
#include "mail/envelope.h"
#include "mail/header.h"

enum { REPLY_MAX = 4096 };

void
envelope_init(struct envelope *e)
{
	*e = (struct envelope){ .sender = NULL };
}

/* The tree's keys are the addresses, which belong to the recipients. */
static void
keep(void *address)
{
	(void)address;
}

void
envelope_free(struct envelope *e)
{
	if (e->index != NULL)
		tdestroy(e->index, keep);
	for (size_t i = 0; i < e->count; i++) {
		free(e->rcpt[i].address);
		free(e->rcpt[i].orig);
		free(e->rcpt[i].reply);
		free(e->rcpt[i].relay);
		free(e->rcpt[i].orcpt);
	}
	free(e->rcpt);
	free(e->sender);
	free(e->envid);
	envelope_init(e);
}

/* Octets before the domain, or all of them. */
static size_t
local_length(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL ? strlen(address) : (size_t)(at - address);
}

static int
compare(const void *a, const void *b)
{
	size_t n = local_length(a), m = local_length(b);
	int order;

	if (n != m)
		return n < m ? -1 : 1;
	order = memcmp(a, b, n);
	return order != 0 ? order :
	    strcasecmp((const char *)a + n, (const char *)b + n);
}

static int
no_memory(struct fault *f)
{
	return fault(f, EX_OSERR, "envelope: out of memory");
}

/* Makes room for one more recipient. */
static int
grow(struct envelope *e, struct fault *f)
{
	size_t room = e->room == 0 ? 4 : e->room * 2;
	struct rcpt *grown;

	if (e->count < e->room)
		return 0;
	grown = reallocarray(e->rcpt, room, sizeof(*grown));
	if (grown == NULL)
		return no_memory(f);
	e->rcpt = grown;
	e->room = room;
	return 0;
}

/*
 * Adds a recipient that is not there yet.  orig: the name whose alias it comes
 * from, or NULL; why: why it is no address; NULL when it is one.
 */
static int
add(struct envelope *e, const char *address, const char *orig,
    const char *why, struct fault *f)
{
	char *copy, *name = NULL, *const *known;
	struct rcpt *r;

	if (grow(e, f) != 0)
		return -1;
	copy = strdup(address);
	if (orig != NULL)
		name = strdup(orig);
	known = copy == NULL || (orig != NULL && name == NULL) ? NULL :
	    tsearch(copy, &e->index, compare);
	if (known == NULL || *known != copy) {
		free(copy);
		free(name);
		return known == NULL ? no_memory(f) : 0;
	}
	if (e->count == ENVELOPE_RCPT_MAX) {
		(void)tdelete(copy, &e->index, compare);
		free(copy);
		free(name);
		return fault(f, EX_DATAERR, "message: more than %d recipients: "
		    "send it in parts", ENVELOPE_RCPT_MAX);
	}
	r = &e->rcpt[e->count++];
	*r = (struct rcpt){ .address = copy, .orig = name,
	    .utf8 = str_has_8bit(str_of(copy)) };
	if (why != NULL)
		rcpt_result(r, RCPT_PERMANENT, EX_DATAERR, "5.1.3", why);
	return 0;
}

/* Puts the address into spec, completed where it has no domain. */
static int
complete(char spec[ADDR_MAX + 1], const struct addr *a,
    const struct qualifier *q, struct fault *f)
{
	int n;

	if (a->domain != NULL || a->empty)
		n = (int)strlcpy(spec, a->spec, ADDR_MAX + 1);
	else
		n = snprintf(spec, ADDR_MAX + 1, "%s@%s", a->spec, q->domain);
	if (n < 0 || n > ADDR_MAX)
		return fault(f, EX_DATAERR, "not an address: with the domain "
		    "%s more than %d octets (RFC 5321 section 4.5.3.1)",
		    q->domain, ADDR_MAX);
	return 0;
}

/* Adds a recipient as it is, but complete. */
static int
add_address(struct envelope *e, const struct addr *a, const char *orig,
    const struct qualifier *q, struct fault *f)
{
	char spec[ADDR_MAX + 1];
	struct fault why;

	if (complete(spec, a, q, &why) != 0)
		return add(e, a->spec, orig, why.text, f);
	return add(e, spec, orig, NULL, f);
}

/* Adds a recipient, or what its alias stands for. */
static int
add_mailbox(struct envelope *e, const struct addr *a,
    const struct qualifier *q, struct fault *f)
{
	struct alias_walk walk;
	struct addr target;
	bool any = false;

	if (a->domain != NULL || q->aliases == NULL)
		return add_address(e, a, NULL, q, f);
	aliases_load(q->aliases);
	/* Nobody may get mail for want of an alias that could not be read. */
	if (q->aliases->failed.code != 0)
		return fault(f, EX_OSERR, "%s", q->aliases->failed.text);
	if (!alias_start(&walk, q->aliases, a->spec))
		return add_address(e, a, NULL, q, f);
	while (alias_next(&walk, &target) != 0) {
		any = true;
		if (add_address(e, &target, a->spec, q, f) != 0)
			return -1;
	}
	return any ? 0 : add(e, a->spec, NULL, walk.why.text, f);
}

/* Adds what an address list holds. */
static int
add_list(struct envelope *e, struct str text, const struct qualifier *q,
    struct fault *f)
{
	char shown[ADDR_MAX + 1];
	struct addr_list list;
	struct fault why;
	struct addr a;
	int found, status = 0;

	addr_start(&list, text);
	while (status == 0 && (found = addr_next(&list, &a, &why)) != 0) {
		if (found == 1 && a.empty)
			found = fault(&why, EX_DATAERR,
			    "not an address: empty angle brackets");
		str_escape(shown, sizeof(shown), a.text);
		status = found == 1 ? add_mailbox(e, &a, q, f) :
		    add(e, shown, NULL, why.text, f);
	}
	return status;
}

/* No octet of an argument may reach the dialogue as a line end. */
static int
check_argument(struct str text, struct fault *f)
{
	char name[128];

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\r' && text.p[i] != '\n' && text.p[i] != '\0')
			continue;
		str_escape(name, sizeof(name), text);
		return fault(f, EX_DATAERR, "\"%s\": line break or NUL in an "
		    "address argument", name);
	}
	return 0;
}

int
envelope_sender(struct envelope *e, struct str text,
    const struct qualifier *q, struct fault *f)
{
	char spec[ADDR_MAX + 1] = "";
	struct addr a;

	if (check_argument(text, f) != 0)
		return -1;
	text = str_trim(text);
	if (text.n > 0) {
		if (addr_single(text, &a, f) != 0)
			return -1;
		if (complete(spec, &a, q, f) != 0)
			return fault(f, f->code, "\"%s\": %s", a.spec, f->text);
	}
	return envelope_put_sender(e, spec, f);
}

int
envelope_put_sender(struct envelope *e, const char *address, struct fault *f)
{
	char *copy = strdup(address);

	if (copy == NULL)
		return no_memory(f);
	free(e->sender);
	e->sender = copy;
	e->utf8 = str_has_8bit(str_of(copy));
	return 0;
}

struct rcpt *
envelope_put(struct envelope *e, const char *address, struct fault *f)
{
	size_t before = e->count;

	if (add(e, address, NULL, NULL, f) != 0)
		return NULL;
	if (e->count > before)
		return &e->rcpt[before];
	(void)fault(f, EX_DATAERR, "<%s>: twice", address);
	return NULL;
}

int
envelope_add(struct envelope *e, struct str list, const struct qualifier *q,
    struct fault *f)
{
	if (check_argument(list, f) != 0)
		return -1;
	return add_list(e, list, q, f);
}

int
envelope_rcpt(struct envelope *e, struct str mailbox,
    const struct qualifier *q, struct fault *f)
{
	struct addr a;

	if (check_argument(mailbox, f) != 0 ||
	    addr_single(mailbox, &a, f) != 0)
		return -1;
	if (a.empty)
		return fault(f, EX_DATAERR,
		    "not an address: empty angle brackets");
	return add_mailbox(e, &a, q, f);
}

void
envelope_tell(struct envelope *e, size_t rcpt)
{
	e->rcpt[rcpt].told = true;
	(void)tdelete(e->rcpt[rcpt].address, &e->index, compare);
}

int
envelope_from_header(struct envelope *e, struct str header,
    const struct qualifier *q, struct fault *f)
{
	static const char *const names[][3] = {
		{ "To", "Cc", "Bcc" },
		{ "Resent-To", "Resent-Cc", "Resent-Bcc" },
	};
	struct field field;
	bool resent = false;

	for (size_t i = 0; i < 3; i++)
		resent = resent || header_has(header, names[1][i]);
	while (header_next(&header, &field)) {
		bool wanted = false;

		for (size_t i = 0; i < 3; i++)
			wanted = wanted || header_is(&field, names[resent][i]);
		if (wanted && add_list(e, field.body, q, f) != 0)
			return -1;
	}
	return 0;
}

bool
rcpt_open(const struct rcpt *r)
{
	return !r->held && (r->state == RCPT_PENDING ||
	    (r->state == RCPT_TEMPORARY && !r->unsure && !r->told));
}

size_t
envelope_open(const struct envelope *e)
{
	size_t open = 0;

	for (size_t i = 0; i < e->count; i++)
		open += rcpt_open(&e->rcpt[i]);
	return open;
}

void
rcpt_relay(struct rcpt *r, const char *peer)
{
	free(r->relay);
	r->relay = peer == NULL ? NULL : strdup(peer);
}

void
rcpt_result(struct rcpt *r, enum rcpt_state state, int code, const char *dsn,
    const char *text)
{
	struct str from = str_of(text);
	/* str_escape() wants room for its mark behind the longest character. */
	size_t size = from.n < REPLY_MAX / 4 ? from.n * 4 + 16 : REPLY_MAX;
	char *reply = text == NULL ? NULL : malloc(size);

	/* What is noted may come from the recipient itself. */
	if (reply != NULL)
		str_escape(reply, size, from);
	free(r->reply);
	r->reply = reply;
	r->state = state;
	r->code = code;
	if (dsn != r->dsn)
		(void)strlcpy(r->dsn, dsn == NULL ? "" : dsn, sizeof(r->dsn));
}

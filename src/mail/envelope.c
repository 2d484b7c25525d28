/* SPDX-License-Identifier: ISC */
/*
 * Who the mail is from and for: collects addresses from arguments and header
 * fields, completes them, and drops duplicates by means of a hash table, so
 * that ten thousand recipients cost ten thousand times one.  Local parts are
 * compared exactly, as RFC 5321 section 2.4 demands.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/string.h>

#include "mail/addr.h"
#include "mail/alias_walk.h"
#include "mail/envelope.h"
#include "mail/header.h"

static_assert(ENVELOPE_RCPT_MAX < UINT16_MAX, "numbers have 16 bits");

void
envelope_init(struct envelope *e)
{
	*e = (struct envelope){ .sender = NULL };
}

void
envelope_free(struct envelope *e)
{
	pool_free(&e->pool);
	free(e->index);
	free(e->rcpt);
	free(e->sender);
	free(e->envid);
	envelope_init(e);
}

/* What stands before the domain, or all of it. */
static struct str
local_part(struct str address)
{
	const char *at = memrchr(address.p, '@', address.n);

	if (at != NULL)
		address.n = (size_t)(at - address.p);
	return address;
}

/* The same for addresses that are the same; FNV-1a. */
static uint32_t
hash(struct str address)
{
	const size_t local = local_part(address).n;
	uint32_t h = 2166136261;

	for (size_t i = 0; i < address.n; i++)
		h = (h ^ (unsigned char)(i < local ? address.p[i] :
		    ascii_lower(address.p[i]))) * 16777619;
	return h ^ h >> 15;
}

static bool
equal(struct str a, struct str b)
{
	const size_t local = local_part(a).n;

	return str_eq(a, b) || (str_ieq(a, b) &&
	    memcmp(a.p, b.p, local) == 0);
}

/*
 * The slot of the index that has the address, or where it belongs.  A slot
 * holds a recipient's number, counted from one; 0: it is empty.
 */
static uint16_t *
find(const struct envelope *e, struct str address)
{
	size_t i = hash(address);

	for (;; i++) {
		uint16_t *slot = &e->index[i & (e->slots - 1)];
		const struct rcpt *r = *slot == 0 ? NULL : &e->rcpt[*slot - 1];

		/* Who was told no may be named again. */
		if (r == NULL ||
		    (!r->told && equal(str_of(r->address), address)))
			return slot;
	}
}

static int
no_memory(struct fault *f)
{
	return fault(f, EX_OSERR, "envelope: out of memory");
}

/* Four times as many slots as before, or the first ones. */
static int
grow_index(struct envelope *e, struct fault *f)
{
	const size_t slots = e->slots == 0 ? 16 : e->slots * 4;
	uint16_t *grown = calloc(slots, sizeof(*grown));

	if (grown == NULL)
		return no_memory(f);
	free(e->index);
	e->index = grown;
	e->slots = slots;
	for (size_t i = 0; i < e->count; i++)
		if (!e->rcpt[i].told)
			*find(e, str_of(e->rcpt[i].address)) =
			    (uint16_t)(i + 1);
	return 0;
}

/* Makes room for one more recipient. */
static int
grow(struct envelope *e, struct fault *f)
{
	size_t room = e->room == 0 ? 4 : e->room * 4;
	struct rcpt *grown;

	/* One slot in three stays empty, so that searches are short. */
	if (e->count >= e->slots * 2 / 3 && grow_index(e, f) != 0)
		return -1;
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
    const struct fault *why, struct fault *f)
{
	const struct str text = str_of(address);
	struct rcpt *r;
	uint16_t *slot;

	if (grow(e, f) != 0)
		return -1;
	slot = find(e, text);
	if (*slot != 0)
		return 0;
	if (e->count == ENVELOPE_RCPT_MAX)
		return fault(f, EX_DATAERR, "message: more than %d recipients: "
		    "send it in parts", ENVELOPE_RCPT_MAX);
	r = &e->rcpt[e->count];
	if (rcpt_init(e, r, text) != 0 || (orig != NULL &&
	    rcpt_called(e, r, str_of(orig), str_of(NULL)) != 0))
		return no_memory(f);
	*slot = (uint16_t)++e->count;
	if (why != NULL)
		rcpt_result(e, r, RCPT_PERMANENT, "5.1.3", why);
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
		return add(e, a->spec, orig, &why, f);
	return add(e, spec, orig, NULL, f);
}

/* Adds a recipient without a domain, or what its alias stands for. */
static int
add_name(struct envelope *e, const struct addr *a, const struct qualifier *q,
    struct fault *f)
{
	struct alias_walk walk;
	struct addr target;
	bool any = false;

	if (q->aliases == NULL)
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
	return any ? 0 : add(e, a->spec, NULL, &walk.why, f);
}

static int
add_mailbox(struct envelope *e, const struct addr *a,
    const struct qualifier *q, struct fault *f)
{
	return a->domain != NULL ? add(e, a->spec, NULL, NULL, f) :
	    add_name(e, a, q, f);
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
		if (found == 1) {
			status = add_mailbox(e, &a, q, f);
			continue;
		}
		str_escape(shown, sizeof(shown), a.text);
		status = add(e, shown, NULL, &why, f);
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
}

int
envelope_from_header(struct envelope *e, struct str header,
    const struct qualifier *q, struct fault *f)
{
	static const char *const names[][3] = {
		{ "To", "Cc", "Bcc" },
		{ "Resent-To", "Resent-Cc", "Resent-Bcc" },
	};
	struct str rest = header;
	struct field field;
	bool resent = false;

	while (!resent && header_next(&rest, &field))
		for (size_t i = 0; i < 3; i++)
			resent = resent || header_is(&field, names[1][i]);
	while (header_next(&header, &field)) {
		bool wanted = false;

		for (size_t i = 0; i < 3; i++)
			wanted = wanted || header_is(&field, names[resent][i]);
		if (wanted && add_list(e, field.body, q, f) != 0)
			return -1;
	}
	return 0;
}

size_t
envelope_open(const struct envelope *e)
{
	size_t open = 0;

	for (size_t i = 0; i < e->count; i++)
		open += rcpt_open(&e->rcpt[i]);
	return open;
}

/* SPDX-License-Identifier: ISC */
/*
 * What is known of the recipients.  Most of the time it is the same of all of
 * them, or of long runs: such share one notice, and notices their strings.
 */
#include <string.h>
#include <bsd/string.h>

#include "mail/envelope.h"

static const struct notice nothing = { .reply = "", .relay = "" };
static const struct names no_names;

/* There was no memory for the words; the code must not be lost with them. */
static const struct notice speechless = { .code = EX_OSERR, .reply = "",
    .relay = "" };

bool
rcpt_open(const struct rcpt *r)
{
	return !r->held && (r->state == RCPT_PENDING ||
	    (r->state == RCPT_TEMPORARY && !r->unsure && !r->told));
}

int
rcpt_init(struct envelope *e, struct rcpt *r, struct str address)
{
	*r = (struct rcpt){ .address = pool_text(&e->pool, address),
	    .names = &no_names, .last = &nothing,
	    .utf8 = str_has_8bit(address) };
	return r->address == NULL ? -1 : 0;
}

int
rcpt_called(struct envelope *e, struct rcpt *r, struct str orig,
    struct str orcpt)
{
	struct names names = *r->names, *kept = pool_get(&e->pool,
	    sizeof(*kept));

	if (orig.p != NULL)
		names.orig = pool_text(&e->pool, orig);
	if (orcpt.p != NULL)
		names.orcpt = pool_text(&e->pool, orcpt);
	if (kept == NULL || (orig.p != NULL && names.orig == NULL) ||
	    (orcpt.p != NULL && names.orcpt == NULL))
		return -1;
	*kept = names;
	r->names = kept;
	return 0;
}

/* The known string if it says the same, else a copy. */
static const char *
share(struct envelope *e, const char *text, const char *known)
{
	return strcmp(text, known) == 0 ? known :
	    pool_text(&e->pool, str_of(text));
}

void
rcpt_note(struct envelope *e, struct rcpt *r, const struct notice *n)
{
	const struct notice *known = e->newest != NULL ? e->newest :
	    &nothing;
	struct notice *new, kept = *n;

	r->last = known;
	if (n->code == known->code && strcmp(n->dsn, known->dsn) == 0 &&
	    strcmp(n->reply, known->reply) == 0 &&
	    strcmp(n->relay, known->relay) == 0)
		return;
	kept.reply = share(e, n->reply, known->reply);
	kept.relay = share(e, n->relay, known->relay);
	new = kept.reply == NULL || kept.relay == NULL ? NULL :
	    pool_get(&e->pool, sizeof(*new));
	r->last = &speechless;
	if (new == NULL)
		return;
	*new = kept;
	r->last = e->newest = new;
}

void
rcpt_relay(struct envelope *e, struct rcpt *r, const char *peer)
{
	struct notice n = *r->last;

	n.relay = peer == NULL ? "" : peer;
	rcpt_note(e, r, &n);
}

void
rcpt_result(struct envelope *e, struct rcpt *r, enum rcpt_state state,
    const char *dsn, const struct fault *why)
{
	struct notice n = { .code = why->code, .relay = r->last->relay,
	    .reply = why->text };

	(void)strlcpy(n.dsn, dsn == NULL ? "" : dsn, sizeof(n.dsn));
	rcpt_note(e, r, &n);
	r->state = state;
}

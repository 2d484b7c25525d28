/* SPDX-License-Identifier: ISC */
/* In which order relays are tried. */
#include <string.h>
#include <bsd/string.h>

#include "delivery/choice.h"
#include "delivery/spool.h"
#include "mail/sender_map.h"

const struct relay *
choice_next(const struct conf *c, const char *sender, const struct relay *after)
{
	const struct relay *r = after == NULL ? STAILQ_FIRST(&c->relays) :
	    STAILQ_NEXT(after, next);

	/* First round: those that name their senders. */
	if (after == NULL || after->sender != NULL) {
		for (; r != NULL; r = STAILQ_NEXT(r, next))
			if (r->sender != NULL &&
			    sender_matches(r->sender, sender))
				return r;
		r = STAILQ_FIRST(&c->relays);
	}
	while (r != NULL && r->sender != NULL)
		r = STAILQ_NEXT(r, next);
	return r;
}

void
choice_domain(const char *address, char domain[IDNA_MAX + 1])
{
	const char *at = strrchr(address, '@');
	struct fault ignored;

	domain[0] = '\0';
	/* Of what has no such form nothing can be found either. */
	if (at != NULL && idna_ascii(str_of(at + 1), domain, &ignored) != 0)
		(void)strlcpy(domain, at + 1, IDNA_MAX + 1);
}

bool
choice_way(const struct conf *c, const struct envelope *e, struct way *w)
{
	/* The other domains of direct:// first. */
	while (w->relay != NULL && w->relay->kind == RELAY_DIRECT &&
	    w->rcpt < e->count) {
		const struct rcpt *r = &e->rcpt[w->rcpt++];
		if (!spool_wants(r))
			continue;
		choice_domain(r->address, w->domain);
		if (w->domain[0] != '\0')
			return true;
	}
	w->relay = choice_next(c, e->sender, w->relay);
	w->domain[0] = '\0';
	w->rcpt = 0;
	if (w->relay != NULL && w->relay->kind == RELAY_DIRECT)
		return choice_way(c, e, w);
	return w->relay != NULL;
}

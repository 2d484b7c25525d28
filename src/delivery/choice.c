/* SPDX-License-Identifier: ISC */
/* In which order relays are tried. */
#include "delivery/choice.h"
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

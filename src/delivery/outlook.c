/* SPDX-License-Identifier: ISC */
/*
 * What a mail has to expect from the relays it may go to: one that failed a
 * moment ago is not asked again in this run (courier.c), one that failed in an
 * earlier run not before its time (backoff.c).
 */
#include <strings.h>
#include <time.h>

#include "delivery/choice.h"
#include "delivery/outlook.h"

/* Has it failed in this run? */
static bool
is_down(const struct courier *c, const struct way *w)
{
	for (size_t i = 0; i < c->outages; i++)
		if (c->outage[i].relay == w->relay &&
		    strcasecmp(c->outage[i].domain, w->domain) == 0)
			return c->outage[i].why.code != 0;
	return false;
}

void
outlook_find(struct outlook *o, const struct courier *c,
    const struct envelope *e)
{
	const int64_t now = time(NULL);
	struct way w = { 0 };

	*o = (struct outlook){ 0 };
	while (choice_way(c->conf, e, &w))
		if (is_down(c, &w))
			o->down++;
		else if (backoff_until(c->place, w.relay, w.domain,
		    c->caller, now) != 0)
			o->waiting++;
		else
			o->open++;
}

int64_t
outlook_next(const struct conf *conf, const struct place *p,
    const struct envelope *e, int64_t now)
{
	struct way w = { 0 };
	int64_t first = 0;

	while (choice_way(conf, e, &w)) {
		int64_t next = backoff_until(p, w.relay, w.domain,
		    BACKOFF_WAITING, now);

		if (next == 0)
			return 0;
		if (first == 0 || next < first)
			first = next;
	}
	return first;
}

void
outlook_defer(const struct courier *c, const struct envelope *e,
    struct entry *t)
{
	const int64_t now = time(NULL);

	entry_defer(t, now);
	if (outlook_next(c->conf, c->place, e, now) != 0)
		t->next = now;
}

int64_t
outlook_due(const struct conf *conf, const struct place *p,
    const struct entry *t, const struct envelope *e, int64_t now)
{
	int64_t next = 0;

	if (t->route == conf->route)
		next = outlook_next(conf, p, e, now);
	return next > t->next ? next : t->next;
}

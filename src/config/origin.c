/* SPDX-License-Identifier: ISC */
/*
 * Where each setting comes from, and which of them count: a variable wins over
 * a line, and a line of a relay over one above all relays.
 */
#include <stdlib.h>

#include "config/origin.h"

void
origins_add(struct origins *o, const struct keyword *k, unsigned line,
    unsigned relay)
{
	struct origin *grown;

	if (o == NULL)
		return;
	grown = reallocarray(o->list, o->count + 1, sizeof(*grown));
	if (grown == NULL)
		return;
	o->list = grown;
	grown[o->count++] = (struct origin){ k, line, relay };
}

/* True when a variable has this keyword's name. */
static bool
has_variable(const struct origins *o, const struct keyword *k)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].keyword == k && o->list[i].line == 0)
			return true;
	return false;
}

/* True when the relay of that line has this setting itself. */
static bool
has_own(const struct origins *o, const struct keyword *k, unsigned relay)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].keyword == k && o->list[i].relay == relay)
			return true;
	return false;
}

/* True when some relay goes by what stands above all of them. */
static bool
is_needed(const struct origins *o, const struct keyword *k)
{
	bool any = false;

	for (size_t i = 0; i < o->count; i++) {
		const struct origin *relay = &o->list[i];

		if (relay->keyword->type != KEYWORD_RELAY)
			continue;
		if (relay->line == 0 || !has_own(o, k, relay->line))
			return true;
		any = true;
	}
	return !any;
}

bool
origins_count(const struct origins *o, const struct origin *setting)
{
	const struct keyword *k = setting->keyword;

	if (setting->line == 0)
		return true;
	if (has_variable(o, k))
		return false;
	if (!k->per_relay)
		return true;
	if (setting->relay != 0)
		return !has_variable(o, keyword_find(STR("relay")));
	return is_needed(o, k);
}

void
origins_free(struct origins *o)
{
	free(o->list);
	*o = (struct origins){ .count = 0 };
}

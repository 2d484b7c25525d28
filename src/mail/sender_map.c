/* SPDX-License-Identifier: ISC */
/* Senders by pattern; what the patterns are good for is not known here. */
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "mail/sender_map.h"

bool
sender_matches(const char *patterns, const char *address)
{
	struct str rest = str_of(patterns), word, text = str_of(address);

	if (text.n == 0)
		text = STR("<>");
	while (str_word(&rest, &word))
		if (glob_match(word, text))
			return true;
	return false;
}

/* The name of a user when the address is one of ours, else empty. */
static struct str
local_name(const struct sender_map *map, const char *address)
{
	const char *at = strrchr(address, '@');
	struct str domain;

	if (at == NULL)
		return str_of(address);
	domain = str_of(at + 1);
	if (!str_ieq(domain, str_of(map->domain)) &&
	    !str_ieq(domain, str_of(map->hostname)))
		return (struct str){ NULL, 0 };
	return (struct str){ address, (size_t)(at - address) };
}

static bool
applies(struct str pattern, const char *address, struct str local)
{
	bool whole = pattern.n > 0 && memchr(pattern.p, '@', pattern.n) != NULL;

	return whole ? glob_match(pattern, str_of(address)) :
	    local.n > 0 && glob_match(pattern, local);
}

int
sender_map(const struct sender_map *map, const char *address,
    char other[ADDR_MAX + 1], struct fault *f)
{
	struct str rest = str_of(map->pairs), pattern, target;
	struct str local = local_name(map, address);
	struct addr a;

	while (str_word(&rest, &pattern) && str_word(&rest, &target)) {
		if (!applies(pattern, address, local))
			continue;
		if (addr_single(target, &a, f) != 0)
			return fault(f, EX_CONFIG, "sender-map: %s", f->text);
		(void)snprintf(other, ADDR_MAX + 1, "%s", a.spec);
		return 1;
	}
	return 0;
}

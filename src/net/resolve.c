/* SPDX-License-Identifier: ISC */
/*
 * From the name of a host to its addresses, as getaddrinfo(3) does in musl,
 * but by a deadline, and without waiting for the slower family for long.
 * resolv.conf(5), hosts(5), RFC 8305 section 3, RFC 6761 section 6.3
 * (localhost).  There is no sorting by RFC 6724: an address that cannot be
 * reached from here fails at once, and the next is tried.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "net/resolve.h"

static bool
wanted(const struct address *a, enum address_family family)
{
	switch (a->is.any.sa_family) {
	case AF_INET:
		return family != FAMILY_IPV6;
	case AF_INET6:
		return family != FAMILY_IPV4;
	default:
		return true;
	}
}

enum { RESOLUTION_DELAY_MS = 50 };

/* The addresses found so far, IPv6 and IPv4 apart. */
struct found {
	struct {
		struct address	 list[RESOLVE_MAX];
		size_t		 count;
	} of[2];
	enum address_family family;
	uint16_t	 port;
	bool		 any;		/* of whatever family */
	struct addresses *out;
};

static void
keep(struct found *found, const struct address *a)
{
	const size_t i = a->is.any.sa_family == AF_INET;

	found->any = true;
	if (wanted(a, found->family) && found->of[i].count < RESOLVE_MAX)
		found->of[i].list[found->of[i].count++] = *a;
}

/* Half the room is enough for each, so that neither crowds the other out. */
static void
take_turns(const struct found *found)
{
	struct addresses *out = found->out;

	for (size_t i = 0; i < RESOLVE_MAX; i++)
		for (size_t j = 0; j < 2; j++)
			if (i < found->of[j].count && out->count < RESOLVE_MAX)
				out->list[out->count++] = found->of[j].list[i];
}

/* A line of /etc/hosts: an address and its names. */
static void
look_at(struct found *found, struct str line, struct str host)
{
	char text[ADDRESS_TEXT];
	struct str rest = line, word, name;
	struct address a;

	(void)str_cut(&rest, '#', &line);
	if (!str_word(&line, &word) || word.n >= sizeof(text) ||
	    word.p[0] == '/')
		return;
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	while (str_word(&line, &name))
		if (str_ieq(name, host)) {
			if (address_parse(&a, text, found->port))
				keep(found, &a);
			return;
		}
}

static void
search_hosts(struct found *found, struct str host)
{
	FILE *file = fopen("/etc/hosts", "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (file == NULL)
		return;
	while ((n = getline(&line, &size, file)) >= 0)
		look_at(found, str_trim((struct str){ line, (size_t)n }),
		    host);
	free(line);
	(void)fclose(file);
}

/* localhost is this machine, whatever a name server would say. */
static void
search_self(struct found *found, struct str host)
{
	static const char *const own[] = { "::1", "127.0.0.1" };
	const struct str name = STR("localhost");
	struct address a;

	if (host.n < name.n || (host.n > name.n &&
	    host.p[host.n - name.n - 1] != '.') || !str_ieq(name,
	    (struct str){ host.p + host.n - name.n, name.n }))
		return;
	for (size_t i = 0; i < 2; i++)
		if (address_parse(&a, own[i], found->port))
			keep(found, &a);
}

/* Something was found, but this family has not been heard of. */
static void
note_late(const struct found *found, enum address_family family,
    const char *name)
{
	found->out->late = family;
	(void)strlcpy(found->out->name, name, sizeof(found->out->name));
}

/* Asks for both families at once. */
static enum answer_status
ask(struct found *found, const struct dns *dns, const char *name,
    int64_t deadline)
{
	struct dns_question q[] = {
		{ .name = name, .type = ANSWER_AAAA },
		{ .name = name, .type = ANSWER_A }
	};
	const size_t first = found->family == FAMILY_IPV4 ? 1 : 0;
	const size_t last = found->family == FAMILY_IPV6 ? 1 : 2;
	enum answer_status status = ANSWER_NO_NAME;
	struct address a;

	dns_ask(dns, q + first, last - first, deadline);
	for (size_t i = first; i < last; i++) {
		for (size_t j = 0; j < q[i].answer.count; j++) {
			address_make(&a, q[i].answer.record[j].octets,
			    i == 0 ? 16 : 4, found->port);
			keep(found, &a);
		}
		answer_free(&q[i].answer);
		/* Silence and failure are doubts, and doubts win. */
		if (q[i].status == ANSWER_FOUND || (status != ANSWER_FOUND &&
		    (status == ANSWER_NO_NAME || q[i].status > status)))
			status = q[i].status;
	}
	for (size_t i = first; i < last && status == ANSWER_FOUND; i++)
		if (!q[i].done)
			note_late(found, i == 0 ? FAMILY_IPV6 : FAMILY_IPV4,
			    name);
	return status;
}

/* A short name stands for one in the domains to be searched. */
static enum answer_status
search_dns(struct found *found, const struct target *target,
    const struct lookup *how)
{
	struct dns dns;
	struct str host = str_of(target->host), rest, domain;
	enum answer_status status;
	char name[ANSWER_NAME];
	unsigned dots = 0;

	dns_configure(&dns);
	dns.beside = how->beside;
	dns.besides = how->besides;
	dns.grace = RESOLUTION_DELAY_MS;
	for (size_t i = 0; i < host.n; i++)
		dots += host.p[i] == '.';
	rest = dots < dns.ndots && !target->absolute ? str_of(dns.search) :
	    STR("");
	while (str_word(&rest, &domain)) {
		int n = snprintf(name, sizeof(name), "%.*s.%.*s",
		    STR_ARG(host), STR_ARG(domain));

		if (n < 0 || (size_t)n >= sizeof(name))
			continue;
		status = ask(found, &dns, name, how->deadline);
		if (status != ANSWER_NO_NAME && status != ANSWER_EMPTY)
			return status;
	}
	return ask(found, &dns, target->host, how->deadline);
}

static int
unwanted(enum address_family family, struct fault *f)
{
	return fault(f, EX_NOHOST, "no IPv%c address",
	    family == FAMILY_IPV4 ? '4' : '6');
}

/* Apart, because what is found takes room that a literal does not need. */
__attribute__((noinline)) static int
search(const struct target *target, const struct lookup *how,
    struct addresses *out, struct fault *f)
{
	struct found found = { .family = how->family, .port = target->port,
	    .out = out };
	enum answer_status status = ANSWER_FOUND;
	struct str name = str_of(target->host);

	search_hosts(&found, name);
	if (!found.any)
		search_self(&found, name);
	if (!found.any)
		status = search_dns(&found, target, how);
	take_turns(&found);
	if (out->count > 0)
		return 0;
	if (found.any)
		return unwanted(how->family, f);
	return fault(f, status == ANSWER_NO_NAME || status == ANSWER_EMPTY ?
	    EX_NOHOST : EX_UNAVAILABLE, "%s", dns_reason(status));
}

int
resolve(const struct target *target, const struct lookup *how,
    struct addresses *out, struct fault *f)
{
	out->count = 0;
	out->late = FAMILY_ANY;
	if (!address_parse(&out->list[0], target->host, target->port))
		return search(target, how, out, f);
	if (!wanted(&out->list[0], how->family))
		return unwanted(how->family, f);
	out->count = 1;
	return 0;
}

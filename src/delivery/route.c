/* SPDX-License-Identifier: ISC */
/*
 * Which servers stand behind a relay: MX records (RFC 5321 section 5.1, 7505),
 * SRV records (RFC 2782; names: RFC 6186, 8314), or just the host it names.
 * Records are put in order here; connecting is net/dial.c's.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/string.h>

#include "base/fault.h"
#include "base/idna.h"
#include "base/random.h"
#include "config/url.h"
#include "delivery/route.h"
#include "net/dns.h"

/* SRV: services one after the other, each with priorities of 16 bits. */
enum { SERVICE_LEVELS = 1 << 16 };

/* ---- order --------------------------------------------------------------- */

static int
by_level(const void *a, const void *b)
{
	const struct candidate *p = a, *q = b;

	return (p->level > q->level) - (p->level < q->level);
}

/*
 * Which of the n candidates comes first: by weight (RFC 2782: those without
 * one have a very small chance), or any when there are no weights.
 */
static size_t
draw(const struct candidate *c, size_t n)
{
	uint32_t sum = 0, at;

	for (size_t i = 0; i < n; i++)
		sum += c[i].weight;
	if (sum == 0)
		return random_below((uint32_t)n);
	at = random_below(sum + 1);
	for (size_t i = 0; i < n; i++) {
		if (c[i].weight >= at && (at > 0 || c[i].weight == 0))
			return i;
		at -= c[i].weight < at ? c[i].weight : at;
	}
	return random_below((uint32_t)n);
}

/* Puts the candidates in the order in which they are to be tried. */
static void
arrange(struct candidate *c, size_t count)
{
	/* Of one, musl's would fill a page of the stack all the same. */
	if (count > 1)
		qsort(c, count, sizeof(*c), by_level);
	for (size_t i = 0; i < count; i++) {
		struct candidate first;
		size_t n = 1, drawn;

		while (i + n < count && c[i + n].level == c[i].level)
			n++;
		drawn = i + draw(c + i, n);
		first = c[drawn];
		c[drawn] = c[i];
		c[i] = first;
	}
}

/* The best of the list, which becomes the route's own. */
static void
choose(struct route *r, struct candidate *list, size_t count)
{
	arrange(list, count);
	r->candidate = list;
	r->count = count < ROUTE_MAX ? count : ROUTE_MAX;
}

/* ---- records ------------------------------------------------------------- */

static int
only(struct route *r, const char *host, uint16_t port, struct fault *f)
{
	struct candidate *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return fault(f, EX_OSERR, "out of memory");
	c->port = port;
	c->tls = r->relay->tls;
	(void)strlcpy(c->host, host, sizeof(c->host));
	choose(r, c, 1);
	return 0;
}

static int
unanswered(enum answer_status status, const char *domain, struct fault *f)
{
	return fault(f, EX_UNAVAILABLE, "%s: %s", domain, dns_reason(status));
}

static int
take_mx(struct route *r, const char *domain, uint16_t port,
    const struct answer *a, struct fault *f)
{
	struct candidate *list;
	size_t count = 0;

	if (a->count == 1 && a->record[0].host[0] == '\0') {
		r->dsn = "5.1.10";
		return fault(f, EX_NOHOST, "%s: the domain takes no mail "
		    "(RFC 7505)", domain);
	}
	list = calloc(a->count + 1, sizeof(*list));
	if (list == NULL)
		return fault(f, EX_OSERR, "out of memory");
	for (size_t i = 0; i < a->count; i++) {
		struct candidate *c = &list[count];

		if (a->record[i].host[0] == '\0')
			continue;
		c->port = port;
		c->tls = r->relay->tls;
		c->level = a->record[i].preference;
		(void)strlcpy(c->host, a->record[i].host, sizeof(c->host));
		count++;
	}
	choose(r, list, count);
	return count > 0 ? 0 : fault(f, EX_UNAVAILABLE,
	    "%s: its MX records name no host", domain);
}

/* Without MX records the domain is a host itself (RFC 5321 section 5.1). */
static int
find_mx(struct route *r, const char *domain, int64_t deadline,
    struct fault *f)
{
	uint16_t port = r->relay->port;
	struct dns_question q = { .name = domain, .type = ANSWER_MX };
	struct dns dns;
	int status;

	dns_configure(&dns);
	dns_ask(&dns, &q, 1, deadline);
	switch (q.status) {
	case ANSWER_FOUND:
		status = take_mx(r, domain, port, &q.answer, f);
		answer_free(&q.answer);
		return status;
	case ANSWER_EMPTY:
		r->implicit = true;
		return only(r, domain, port, f);
	case ANSWER_NO_NAME:
		return fault(f, EX_NOHOST, "%s: no such domain", domain);
	default:
		return unanswered(q.status, domain, f);
	}
}

/* Adds the records of one service to the list. */
static size_t
take_srv(const struct answer *a, struct candidate *list, unsigned level,
    enum relay_tls tls)
{
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct record *record = &a->record[i];
		struct candidate *c = &list[count];

		/* "." means that the service is not there (RFC 6186, 3.4). */
		if (record->host[0] == '\0' || record->port == 0)
			continue;
		*c = (struct candidate){ .port = record->port, .tls = tls,
		    .level = level + record->preference,
		    .weight = record->weight };
		(void)strlcpy(c->host, record->host, sizeof(c->host));
		count++;
	}
	return count;
}

static int
no_service(const struct dns_question q[2], const char *domain,
    struct fault *f)
{
	for (size_t i = 0; i < 2; i++)
		if (q[i].status == ANSWER_FAILED ||
		    q[i].status == ANSWER_SILENT)
			return unanswered(q[i].status, q[i].name, f);
	return fault(f, EX_NOHOST, "%s: the domain offers neither "
	    "_submissions._tcp nor _submission._tcp (RFC 6186)", domain);
}

static int
find_srv(struct route *r, const char *domain, int64_t deadline,
    struct fault *f)
{
	char name[2][ANSWER_NAME + 20];
	struct dns_question q[2] = {
		{ .name = name[0], .type = ANSWER_SRV },
		{ .name = name[1], .type = ANSWER_SRV }
	};
	struct candidate *list;
	struct dns dns;
	size_t count = 0;

	(void)snprintf(name[0], sizeof(name[0]), "_submissions._tcp.%s",
	    domain);
	(void)snprintf(name[1], sizeof(name[1]), "_submission._tcp.%s",
	    domain);
	dns_configure(&dns);
	dns_ask(&dns, q, 2, deadline);
	list = calloc(q[0].answer.count + q[1].answer.count + 1,
	    sizeof(*list));
	if (list != NULL) {
		count = take_srv(&q[0].answer, list, 0, TLS_IMPLICIT);
		count += take_srv(&q[1].answer, list + count, SERVICE_LEVELS,
		    TLS_STARTTLS);
		choose(r, list, count);
	}
	answer_free(&q[0].answer);
	answer_free(&q[1].answer);
	if (list == NULL)
		return fault(f, EX_OSERR, "out of memory");
	return count > 0 ? 0 : no_service(q, domain, f);
}

/* A recipient's domain: a name, or an address in brackets. */
static int
find_direct(struct route *r, int64_t deadline, struct fault *f)
{
	struct str s = str_of(r->domain);
	char literal[ANSWER_NAME], ascii[IDNA_MAX + 1];

	if (idna_ascii(s, ascii, f) == 0 && url_is_domain(str_of(ascii)))
		return find_mx(r, ascii, deadline, f);
	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return fault(f, EX_NOHOST, "%s: no such domain can exist",
		    r->domain);
	s = (struct str){ s.p + 1, s.n - 2 };
	if (str_istarts(s, STR("IPv6:")))
		s = (struct str){ s.p + 5, s.n - 5 };
	(void)snprintf(literal, sizeof(literal), "%.*s", STR_ARG(s));
	return only(r, literal, r->relay->port, f);
}

int
route_find(struct route *r, const struct relay *relay, const char *domain,
    int64_t deadline, struct fault *f)
{
	assert(strlen(domain) < sizeof(r->domain));
	/* The domain may be the route's own. */
	memmove(r->domain, domain, strlen(domain) + 1);
	r->relay = relay;
	route_free(r);
	r->implicit = false;
	r->dsn = "5.1.2";
	switch (relay->kind) {
	case RELAY_MX:
		return find_mx(r, relay->host, deadline, f);
	case RELAY_SRV:
		return find_srv(r, relay->host, deadline, f);
	case RELAY_DIRECT:
		return find_direct(r, deadline, f);
	default:
		return only(r, relay->host, relay->port, f);
	}
}

void
route_free(struct route *r)
{
	free(r->candidate);
	r->candidate = NULL;
	r->count = 0;
}

const char *
route_domain(const struct route *r, const struct candidate *c, bool *outside)
{
	struct str host = str_of(c->host), domain;

	*outside = false;
	if (r->relay->kind != RELAY_SRV)
		return NULL;
	domain = str_of(r->relay->host);
	*outside = !str_ieq(host, domain) && (host.n <= domain.n ||
	    host.p[host.n - domain.n - 1] != '.' || !str_ieq(domain,
	    (struct str){ host.p + host.n - domain.n, domain.n }));
	return r->relay->host;
}

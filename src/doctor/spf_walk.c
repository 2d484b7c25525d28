/* SPDX-License-Identifier: ISC */
/*
 * Evaluating SPF, RFC 7208 section 4.  A receiver knows more than we do: who
 * connects to it, and what that host calls itself.  What hangs on that is left
 * open instead of guessed.
 */
#include <stdio.h>
#include <string.h>

#include "config/url.h"
#include "doctor/spf_walk.h"

enum {
	LOOKUPS_MAX = 10, VOIDS_MAX = 2,	/* section 4.6.4 */
	TERMS_MAX = 500, RECORD_MAX = 64 * 1024, INCLUDES_MAX = 400
};

/* A record being walked through. */
struct policy {
	struct spf_walk	*walk;
	const char	*domain;
	bool		 top;		/* not included by another */
};

static enum spf_result check_domain(struct spf_walk *, const char *domain,
    bool top);

static enum spf_result
broken(struct policy *v, const char *what)
{
	(void)fault(&v->walk->why, EX_DATAERR, "%s: %s", v->domain, what);
	return SPF_PERMERROR;
}

/* One more of the terms that ask the DNS. */
static bool
may_ask(struct policy *v)
{
	return ++v->walk->lookups <= LOOKUPS_MAX;
}

/* True when the first bits are the same. */
static bool
within(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

static bool
matches(const struct spf_walk *w, const unsigned char *octets, bool six,
    const struct spf_term *t)
{
	const struct address *ip = w->ip;

	if (ip == NULL || (ip->is.any.sa_family == AF_INET6) != six)
		return false;
	return six ? within((const unsigned char *)&ip->is.v6.sin6_addr,
	    octets, t->prefix6) : within((const unsigned char *)
	    &ip->is.v4.sin_addr, octets, t->prefix4);
}

/* Whether the address is one of the host's; -1: the DNS does not tell. */
static int
host_matches(struct policy *v, const char *host, const struct spf_term *t,
    bool *empty)
{
	const struct spf_walk *w = v->walk;
	bool six = w->ip != NULL && w->ip->is.any.sa_family == AF_INET6;
	struct answer a;
	enum answer_status status = lookup(w->lookup, host,
	    six ? ANSWER_AAAA : ANSWER_A, &a);
	int found = 0;

	*empty = status == ANSWER_EMPTY || status == ANSWER_NO_NAME;
	if (status != ANSWER_FOUND && !*empty) {
		(void)fault(&v->walk->why, EX_UNAVAILABLE, "%s: %s", host,
		    dns_reason(status));
		return -1;
	}
	for (size_t i = 0; i < a.count && !found; i++)
		found = matches(w, a.record[i].octets, six, t);
	answer_free(&a);
	return found;
}

/* The same for the hosts that take a domain's mail. */
static int
mx_matches(struct policy *v, const char *domain, const struct spf_term *t,
    bool *empty)
{
	struct answer a;
	enum answer_status status = lookup(v->walk->lookup, domain, ANSWER_MX,
	    &a);
	int found = 0;
	bool ignored;

	*empty = status == ANSWER_EMPTY || status == ANSWER_NO_NAME;
	if (status != ANSWER_FOUND && !*empty) {
		(void)fault(&v->walk->why, EX_UNAVAILABLE, "%s: %s", domain,
		    dns_reason(status));
		return -1;
	}
	for (size_t i = 0; i < a.count && i < LOOKUPS_MAX && found == 0; i++)
		if (a.record[i].host[0] != '\0')
			found = host_matches(v, a.record[i].host, t, &ignored);
	answer_free(&a);
	return found;
}

/* The domain a term is about; false: only the receiver can know. */
static bool
target(struct policy *v, const struct spf_term *t, char name[ANSWER_NAME])
{
	struct str s = t->domain.n == 0 ? str_of(v->domain) : t->domain;

	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (t->macro || s.n >= ANSWER_NAME || !url_is_domain(s)) {
		v->walk->unsure = true;
		return false;
	}
	(void)snprintf(name, ANSWER_NAME, "%.*s", STR_ARG(s));
	return true;
}

/* Section 5.2: only a pass of the other record is a match. */
static enum spf_result
include(struct policy *v, const struct spf_term *t, bool *match)
{
	struct buf *list = &v->walk->includes;
	char name[ANSWER_NAME];
	enum spf_result result;

	if (!target(v, t, name))
		return SPF_NEUTRAL;
	if (v->top)
		(void)buf_fmt(list, "%s%s", list->n > 0 ? ", " : "", name);
	result = check_domain(v->walk, name, false);
	*match = result == SPF_PASS;
	if (result == SPF_NONE) {
		(void)fault(&v->walk->why, EX_DATAERR, "%s: it includes %s, "
		    "which has no SPF record", v->domain, name);
		return SPF_PERMERROR;
	}
	return result == SPF_TEMPERROR || result == SPF_PERMERROR ? result :
	    SPF_NEUTRAL;
}

/* Mechanisms that look for the address of a host. */
static enum spf_result
ask(struct policy *v, const struct spf_term *t, bool *match)
{
	char name[ANSWER_NAME];
	bool empty = false;
	int found;

	if (!target(v, t, name))
		return SPF_NEUTRAL;
	found = t->kind == SPF_MX ? mx_matches(v, name, t, &empty) :
	    host_matches(v, name, t, &empty);
	*match = found > 0 || (t->kind == SPF_EXISTS && found == 0 && !empty);
	if (empty && ++v->walk->voids > VOIDS_MAX)
		return broken(v, "more than two names that do not exist "
		    "(RFC 7208 section 4.6.4)");
	return found < 0 ? SPF_TEMPERROR : SPF_NEUTRAL;
}

/* One mechanism; an error, or SPF_NEUTRAL with what it has come to. */
static enum spf_result
try(struct policy *v, const struct spf_term *t, bool *match)
{
	*match = false;
	switch (t->kind) {
	case SPF_ALL:
		*match = true;
		return SPF_NEUTRAL;
	case SPF_IP4:
	case SPF_IP6:
		*match = matches(v->walk, t->octets, t->kind == SPF_IP6, t);
		return SPF_NEUTRAL;
	default:
		break;
	}
	if (!may_ask(v))
		return broken(v, "more than ten terms that ask the DNS "
		    "(RFC 7208 section 4.6.4)");
	if (t->kind == SPF_INCLUDE)
		return include(v, t, match);
	if (t->kind == SPF_PTR) {
		v->walk->unsure = true;
		return SPF_NEUTRAL;
	}
	return ask(v, t, match);
}

static enum spf_result
qualified(struct policy *v, const struct spf_term *t)
{
	static const char qualifiers[] = "+-~?";
	static const enum spf_result results[] = { SPF_PASS, SPF_FAIL,
	    SPF_SOFTFAIL, SPF_NEUTRAL };
	struct spf_walk *w = v->walk;

	if (w->match[0] == '\0' || v->top)
		(void)snprintf(w->match, sizeof(w->match), "%.*s of %s",
		    t->text.n < 64 ? (int)t->text.n : 64, t->text.p, v->domain);
	return results[strchr(qualifiers, t->qualifier) - qualifiers];
}

/* Every term must be right, also behind the one that decides (4.6). */
static bool
is_valid(struct policy *v, struct str record, struct spf_term *redirect)
{
	unsigned seen[SPF_OTHER + 1] = { 0 }, count = 0;
	struct spf_term t;
	struct fault f;
	int found;

	redirect->domain.n = 0;
	while ((found = spf_next(&record, &t, &f)) > 0) {
		if (++count > TERMS_MAX)
			return broken(v, "too many terms") == SPF_NONE;
		seen[t.kind]++;
		if (t.kind == SPF_REDIRECT)
			*redirect = t;
		if (t.kind == SPF_ALL && v->top && v->walk->all == 0)
			v->walk->all = t.qualifier;
	}
	if (found < 0)
		return broken(v, f.text) == SPF_NONE;
	if (seen[SPF_REDIRECT] > 1 || seen[SPF_EXP] > 1)
		return broken(v, "redirect= or exp= twice") == SPF_NONE;
	if (seen[SPF_ALL] > 0)
		redirect->domain.n = 0;
	return true;
}

/* Where nothing matches, another domain's record may decide (6.1). */
static enum spf_result
redirected(struct policy *v, const struct spf_term *t)
{
	char name[ANSWER_NAME];
	enum spf_result result;

	if (t->domain.n == 0)
		return SPF_NEUTRAL;
	if (!may_ask(v))
		return broken(v, "more than ten terms that ask the DNS");
	if (!target(v, t, name))
		return SPF_NEUTRAL;
	result = check_domain(v->walk, name, v->top);
	return result == SPF_NONE ? broken(v, "it is redirected to a domain "
	    "without an SPF record") : result;
}

static enum spf_result
evaluate(struct policy *v, struct str record)
{
	struct spf_term t, redirect;
	struct fault ignored;
	bool match;

	if (!is_valid(v, record, &redirect))
		return SPF_PERMERROR;
	while (spf_next(&record, &t, &ignored) > 0) {
		enum spf_result result;

		if (t.kind >= SPF_REDIRECT)
			continue;
		result = try(v, &t, &match);
		if (result != SPF_NEUTRAL)
			return result;
		if (match)
			return qualified(v, &t);
	}
	return redirected(v, &redirect);
}

static enum spf_result
check_domain(struct spf_walk *w, const char *domain, bool top)
{
	struct policy v = { .walk = w, .domain = domain, .top = top };
	enum spf_result result = SPF_NONE;
	struct buf record;
	int found;

	buf_init(&record, RECORD_MAX);
	found = lookup_text(w->lookup, domain, spf_is, &record, &w->why);
	if (found > 0)
		result = evaluate(&v, buf_view(&record));
	else if (found < 0)
		result = w->why.code == EX_DATAERR ? SPF_PERMERROR :
		    SPF_TEMPERROR;
	buf_free(&record);
	return result;
}

enum spf_result
spf_check(struct spf_walk *w, const char *domain)
{
	enum spf_result result;

	buf_init(&w->includes, INCLUDES_MAX);
	result = check_domain(w, domain, true);
	if (result == SPF_NONE || result == SPF_TEMPERROR ||
	    result == SPF_PERMERROR || result == SPF_PASS)
		return result;
	return w->unsure || w->ip == NULL ? SPF_UNSURE : result;
}

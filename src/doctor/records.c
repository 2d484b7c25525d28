/* SPDX-License-Identifier: ISC */
/*
 * Whether the records of the sender's domain would let the mail pass, as far
 * as that can be known here.  From which address the relay passes mail on is
 * not: often it is not the one we talk to.  So a record that names the relay
 * is good news, and one that does not is worth a look, but no failure.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <bsd/string.h>

#include "base/base64.h"
#include "base/idna.h"
#include "config/url.h"
#include "doctor/dmarc_walk.h"
#include "doctor/records.h"
#include "doctor/spf_walk.h"
#include "mail/dkim.h"
#include "mail/header.h"

enum { PATIENCE_MS = 5 * 1000, HEADER_MAX = 1024 * 1024, KEY_MAX = 16384 };

/* The records of one mail under way. */
struct inquiry {
	const struct sent *sent;
	struct paper	*paper;
	struct lookup	 lookup;
	char		 path[ANSWER_NAME], from[ANSWER_NAME];	/* domains */
	bool		 spf_passes, spf_may;
	const char	*signed_by;	/* domain of a key that is right */
};

/* ---- domains ------------------------------------------------------------- */

/* The domain of an address, in ASCII; false: none that DNS could know. */
static bool
take_domain(const char *address, char domain[ANSWER_NAME])
{
	const char *at = strrchr(address, '@');
	char ascii[IDNA_MAX + 1];
	struct fault ignored;

	domain[0] = '\0';
	if (at == NULL || idna_ascii(str_of(at + 1), ascii, &ignored) != 0 ||
	    !url_is_domain(str_of(ascii)) || strchr(ascii, '.') == NULL)
		return false;
	return strlcpy(domain, ascii, ANSWER_NAME) < ANSWER_NAME;
}

/* The domain of the author, as the header leaves. */
static bool
take_author(const struct mail *m, char domain[ANSWER_NAME])
{
	struct addr_list list;
	struct fault ignored;
	struct field field;
	struct buf header;
	struct str rest;
	struct addr a;
	bool found = false;

	domain[0] = '\0';
	buf_init(&header, HEADER_MAX);
	for (size_t i = 0; i < m->header.count; i++)
		(void)buf_str(&header, m->header.piece[i].text);
	rest = buf_view(&header);
	while (!found && header_next(&rest, &field))
		if (header_is(&field, "From")) {
			addr_start(&list, field.body);
			found = addr_next(&list, &a, &ignored) == 1 &&
			    take_domain(a.spec, domain);
		}
	buf_free(&header);
	return found;
}

/* ---- SPF ----------------------------------------------------------------- */

/* True for an address that others on the Internet could see. */
static bool
is_public(const struct address *a)
{
	unsigned char o[16];

	if (a->size == 0)
		return false;
	if (a->is.any.sa_family == AF_INET) {
		memcpy(o, &a->is.v4.sin_addr, 4);
		return o[0] != 0 && o[0] != 10 && o[0] != 127 && o[0] < 224 &&
		    !(o[0] == 172 && (o[1] & 0xf0) == 16) &&
		    !(o[0] == 192 && o[1] == 168) &&
		    !(o[0] == 169 && o[1] == 254) &&
		    !(o[0] == 100 && (o[1] & 0xc0) == 64);
	}
	if (a->is.any.sa_family != AF_INET6)
		return false;
	memcpy(o, &a->is.v6.sin6_addr, 16);
	return (o[0] & 0xe0) == 0x20;	/* 2000::/3 */
}

/* Who hands the mail to the next: the relay, or without one it is us. */
static const struct address *
sender(const struct sent *s)
{
	const struct address *a = s->relay->kind == RELAY_DIRECT ? s->own :
	    s->peer;

	return is_public(a) ? a : NULL;
}

static void
judge_unnamed(const struct sent *s, const struct spf_walk *w,
    struct step *step)
{
	char ip[ADDRESS_TEXT];

	assert(w->ip != NULL);		/* else it would be SPF_UNSURE */
	address_print(w->ip, ip);
	if (s->relay->kind == RELAY_DIRECT) {
		step_say(step, "it does not let %s send, which is this "
		    "machine's address", ip);
		step_judge(step, STEP_FAILURE, "add ip%c:%s to the record",
		    w->ip->is.any.sa_family == AF_INET ? '4' : '6', ip);
		return;
	}
	step_say(step, "it does not name %s, the relay's address", ip);
	step_judge(step, STEP_WARNING, "the relay may send from other "
	    "addresses: ask its operator what to include");
}

static void
judge_spf(struct inquiry *q, const struct spf_walk *w,
    enum spf_result result, struct step *s)
{
	switch (result) {
	case SPF_NONE:
		step_say(s, "%s has no SPF record", q->path);
		step_judge(s, STEP_WARNING, "publish one that names the "
		    "servers of the relay");
		return;
	case SPF_PERMERROR:
		step_say(s, "%s", w->why.text);
		step_judge(s, STEP_FAILURE, "mend the record: this one counts "
		    "as an error");
		return;
	case SPF_TEMPERROR:
		step_say(s, "%s", w->why.text);
		step_judge(s, STEP_WARNING, "try again later");
		return;
	case SPF_PASS:
		q->spf_passes = w->ip != NULL;
		q->spf_may = true;
		step_say(s, "the %s address passes by %s",
		    q->sent->relay->kind == RELAY_DIRECT ? "machine's" :
		    "relay's", w->match);
		return;
	case SPF_UNSURE:
		q->spf_may = true;
		step_say(s, "%s: the record is valid; whether it names the "
		    "address the mail is sent from cannot be seen here",
		    q->path);
		return;
	default:
		q->spf_may = q->sent->relay->kind != RELAY_DIRECT;
		step_say(s, "%s: the record is valid", q->path);
		judge_unnamed(q->sent, w, s);
	}
}

static void
check_spf(struct inquiry *q)
{
	struct spf_walk w = { .lookup = &q->lookup, .ip = sender(q->sent) };
	enum spf_result result;
	struct step s;

	step_begin(&s, "spf");
	if (q->sent->mail->path[0] == '\0') {
		step_say(&s, "the sender is empty: the name of this machine "
		    "counts, which the relay says");
		paper_step(q->paper, &s);
		return;
	}
	result = spf_check(&w, q->path);
	/* Without an address "all" decides, which says nothing. */
	judge_spf(q, &w, w.ip == NULL && result == SPF_PASS ? SPF_UNSURE :
	    result, &s);
	if (w.includes.n > 0)
		step_say(&s, "includes %.*s", STR_ARG(buf_view(&w.includes)));
	if (w.all != 0)
		step_say(&s, "ends in %call", w.all);
	if (w.all == '+')
		step_judge(&s, STEP_WARNING, "+all lets everybody send as this "
		    "domain");
	step_text(&s, "domain", q->path);
	step_number(&s, "lookups", w.lookups);
	buf_free(&w.includes);
	paper_step(q->paper, &s);
}

/* ---- DKIM ---------------------------------------------------------------- */

static bool
is_key(struct str record)
{
	(void)record;
	return true;
}

/* The published key against the one that signs. */
static void
compare(const struct signer *key, const char *name, struct str record,
    struct inquiry *q, struct step *s)
{
	struct buf published, text, ours;
	struct dkim_key k;
	struct fault f;

	buf_init(&published, KEY_MAX);
	buf_init(&text, KEY_MAX);
	buf_init(&ours, KEY_MAX);
	if (dkim_key_parse(record, &k, &published, &f) != 0) {
		step_say(s, "%s: %s", name, f.text);
		step_judge(s, STEP_FAILURE, "mend the record");
	} else if (k.revoked) {
		step_say(s, "%s: the key is revoked (p= is empty)", name);
		step_judge(s, STEP_FAILURE, "sign with another selector");
	} else if (signer_public(key, &text, &f) != 0 ||
	    base64_decode(&ours, buf_view(&text)) != 0 ||
	    !str_eq(buf_view(&ours), buf_view(&published))) {
		step_say(s, "%s: another key than the one that signs", name);
		step_judge(s, STEP_FAILURE, "publish \"v=DKIM1; k=%s; p=%.*s\"",
		    strstr(signer_algorithm(key), "ed25519") != NULL ?
		    "ed25519" : "rsa", STR_ARG(buf_view(&text)));
	} else {
		q->signed_by = key->domain;
		step_say(s, "%s has the key that signs (%s)%s", name,
		    signer_algorithm(key), k.testing ? ", for testing" : "");
		if (k.testing)
			step_judge(s, STEP_WARNING, "take t=y out when it "
			    "works");
	}
	buf_free(&published);
	buf_free(&text);
	buf_free(&ours);
}

static void
check_key(struct inquiry *q, const struct signer *key)
{
	char name[2 * ANSWER_NAME + 16];
	struct buf record, text;
	struct fault f;
	struct step s;
	int found = 0;

	step_begin(&s, "dkim");
	(void)snprintf(name, sizeof(name), "%s._domainkey.%s", key->selector,
	    key->domain);
	step_text(&s, "record", name);
	buf_init(&record, KEY_MAX);
	buf_init(&text, KEY_MAX);
	if (strlen(name) < ANSWER_NAME)
		found = lookup_text(&q->lookup, name, is_key, &record, &f);
	if (found > 0)
		compare(key, name, buf_view(&record), q, &s);
	else if (found < 0) {
		step_say(&s, "%s", f.text);
		step_judge(&s, f.code == EX_DATAERR ? STEP_FAILURE :
		    STEP_WARNING, "%s", f.code == EX_DATAERR ?
		    "publish one key under each selector" : "try again later");
	} else {
		(void)signer_public(key, &text, &f);
		step_say(&s, "%s: there is no such record", name);
		step_judge(&s, STEP_FAILURE, "publish \"v=DKIM1; k=%s; "
		    "p=%.*s\"", strstr(signer_algorithm(key), "ed25519") !=
		    NULL ? "ed25519" : "rsa", STR_ARG(buf_view(&text)));
	}
	buf_free(&record);
	buf_free(&text);
	paper_step(q->paper, &s);
}

static void
check_dkim(struct inquiry *q)
{
	const struct dkim *dkim = &q->sent->conf->dkim;
	const struct signer *key;
	bool any = false;
	struct step s;

	STAILQ_FOREACH(key, &dkim->signers, next)
		if (dkim_signs(dkim, key, str_of(q->from))) {
			any = true;
			check_key(q, key);
		}
	if (any)
		return;
	step_begin(&s, "dkim");
	step_say(&s, "no dkim-sign for %s: the relay may sign", q->from);
	paper_step(q->paper, &s);
}

/* ---- DMARC --------------------------------------------------------------- */

/* Section 3.1 of RFC 7489: the same domain, or the same organisation. */
static bool
is_aligned(struct inquiry *q, const struct dmarc_walk *from,
    const char *domain, bool strict)
{
	struct dmarc_walk other;

	if (str_ieq(str_of(domain), str_of(q->from)))
		return true;
	if (strict || dmarc_find(&other, &q->lookup, domain) != 0)
		return false;
	return str_ieq(str_of(other.organisation),
	    str_of(from->organisation));
}

/* By what the mail passes, may pass, or does not. */
static void
judge_alignment(struct inquiry *q, const struct dmarc_walk *w,
    enum dmarc_policy policy, struct step *s)
{
	bool spf = q->path[0] != '\0' &&
	    is_aligned(q, w, q->path, w->record.strict_spf);
	bool by_spf = q->spf_passes && spf;
	bool by_dkim = q->signed_by != NULL &&
	    is_aligned(q, w, q->signed_by, w->record.strict_dkim);

	if (by_dkim || by_spf) {
		step_say(s, "passes by %s%s%s", by_dkim ? "DKIM" : "",
		    by_dkim && by_spf ? " and " : "", by_spf ? "SPF" : "");
		return;
	}
	if (q->signed_by != NULL)
		step_say(s, "the signature of %s is not aligned with %s",
		    q->signed_by, q->from);
	if (!spf) {
		step_say(s, "the sender's domain %s is not aligned with %s",
		    q->path[0] == '\0' ? "<>" : q->path, q->from);
		step_judge(s, policy == DMARC_NONE ? STEP_OK : STEP_WARNING,
		    "it takes a DKIM signature of %s, by the relay or with "
		    "dkim-sign", w->organisation);
		return;
	}
	step_say(s, q->spf_may ? "hangs on SPF and the relay" :
	    "SPF does not pass");
	step_judge(s, policy == DMARC_NONE ? STEP_OK : STEP_WARNING,
	    "sign with dkim-sign, or see that the relay signs for %s",
	    w->organisation);
}

static void
check_dmarc(struct inquiry *q)
{
	struct dmarc_walk w;
	enum dmarc_policy policy;
	struct step s;

	step_begin(&s, "dmarc");
	if (dmarc_find(&w, &q->lookup, q->from) != 0) {
		step_say(&s, "%s", w.why.text);
		step_judge(&s, STEP_WARNING, "try again later");
	} else if (w.from[0] == '\0') {
		step_say(&s, "%s has no DMARC record", q->from);
		if (w.why.code != 0)
			step_say(&s, "%s", w.why.text);
		step_judge(&s, STEP_WARNING, w.why.code != 0 ? "mend the record"
		    : "publish one, such as \"v=DMARC1; p=none\" at "
		    "_dmarc.%s: large providers ask for it", w.organisation);
	} else {
		policy = str_ieq(str_of(w.from), str_of(q->from)) ?
		    w.record.policy : w.record.sub;
		step_say(&s, "_dmarc.%s: p=%s%s", w.from, dmarc_word(policy),
		    w.record.testing ? ", for testing" : "");
		step_text(&s, "policy", dmarc_word(policy));
		step_text(&s, "record", w.from);
		step_text(&s, "organisation", w.organisation);
		if (w.record.missing)
			step_say(&s, "without a valid p=");
		judge_alignment(q, &w, policy, &s);
	}
	paper_step(q->paper, &s);
}

/* -------------------------------------------------------------------------- */

void
records_check(struct paper *paper, const struct sent *sent)
{
	struct inquiry q = { .sent = sent, .paper = paper };
	bool empty = sent->mail->path[0] == '\0';
	struct step s;

	lookup_open(&q.lookup, PATIENCE_MS);
	if ((take_domain(sent->mail->path, q.path) || empty) &&
	    take_author(sent->mail, q.from)) {
		check_spf(&q);
		check_dkim(&q);
		check_dmarc(&q);
		return;
	}
	step_begin(&s, "spf");
	step_say(&s, "<%s>: not an address in a domain that the DNS could know",
	    sent->mail->path);
	step_judge(&s, STEP_WARNING, "set from or domain, for others cannot "
	    "check or answer it");
	paper_step(paper, &s);
}

/* SPDX-License-Identifier: ISC */
/*
 * Records that are lists of tags: DKIM keys (RFC 6376, 8463) and DMARC (RFC
 * 7489).  They come from the DNS, so anybody may have written them.
 */
#include <ctype.h>
#include <string.h>

#include "base/base64.h"
#include "doctor/tags.h"

enum { KEY_MAX = 16 * 1024 };

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!isascii(c) || (!isalpha(c) && (i == 0 ||
		    (!isdigit(c) && c != '_'))))
			return false;
	}
	return s.n > 0;
}

int
tag_next(struct str *rest, struct str *name, struct str *value,
    struct fault *f)
{
	struct str tag, last;
	char shown[64];

	if (!str_cut(rest, ';', &tag))
		return 0;
	tag = str_trim(tag);
	if (tag.n == 0) {
		/* Nothing but ";" may follow. */
		last = rest->p == NULL ? STR("") : str_trim(*rest);
		*rest = (struct str){ NULL, 0 };
		return last.n == 0 ? 0 : fault(f, EX_DATAERR, "an empty tag");
	}
	*value = tag;
	(void)str_cut(value, '=', name);
	*name = str_trim(*name);
	str_escape(shown, sizeof(shown), tag);
	if (value->p == NULL || !is_name(*name))
		return fault(f, EX_DATAERR, "\"%s\": not of the form tag=value",
		    shown);
	*value = str_trim(*value);
	for (size_t i = 0; i < value->n; i++)
		if ((unsigned char)value->p[i] < ' ' && !isspace(
		    (unsigned char)value->p[i]))
			return fault(f, EX_DATAERR, "\"%s\": control character",
			    shown);
	return 1;
}

/* True when a list with colons has the word, or "*" where that is any. */
static bool
has(struct str list, struct str word, bool star)
{
	struct str one;

	while (str_cut(&list, ':', &one)) {
		one = str_trim(one);
		if (str_ieq(one, word) || (star && str_eq(one, STR("*"))))
			return true;
	}
	return false;
}

/* ---- DKIM ---------------------------------------------------------------- */

static int
take_key_tag(struct dkim_key *k, struct str name, struct str value,
    bool first, struct fault *f)
{
	char shown[64];

	str_escape(shown, sizeof(shown), value);
	if (str_eq(name, STR("v")) &&
	    (!first || !str_eq(value, STR("DKIM1"))))
		return fault(f, EX_DATAERR, "v=%s: must be DKIM1, and first",
		    shown);
	if (str_eq(name, STR("k"))) {
		k->ed25519 = str_ieq(value, STR("ed25519"));
		if (!k->ed25519 && !str_ieq(value, STR("rsa")))
			return fault(f, EX_DATAERR, "k=%s: unknown kind of key",
			    shown);
	}
	if (str_eq(name, STR("h")) && !has(value, STR("sha256"), false))
		return fault(f, EX_DATAERR, "h=%s: not for sha256", shown);
	if (str_eq(name, STR("s")) && !has(value, STR("email"), true))
		return fault(f, EX_DATAERR, "s=%s: not for mail", shown);
	if (str_eq(name, STR("t")))
		k->testing = has(value, STR("y"), false);
	if (str_eq(name, STR("p"))) {
		k->text = value;
		k->revoked = value.n == 0;
	}
	return 0;
}

/* Base64 in which blanks may stand anywhere (RFC 6376 section 2.10). */
static int
decode(struct str text, struct buf *octets, struct fault *f)
{
	struct str word;
	struct buf whole;
	int status;

	buf_init(&whole, KEY_MAX);
	while (str_word(&text, &word))
		(void)buf_str(&whole, word);
	status = whole.failed ? -1 : base64_decode(octets, buf_view(&whole));
	buf_free(&whole);
	return status == 0 ? 0 : fault(f, EX_DATAERR, "p=: not base64");
}

int
dkim_key_parse(struct str record, struct dkim_key *k, struct buf *octets,
    struct fault *f)
{
	struct str name, value;
	bool first = true;
	int found;

	*k = (struct dkim_key){ .text = { NULL, 0 } };
	while ((found = tag_next(&record, &name, &value, f)) > 0) {
		if (take_key_tag(k, name, value, first, f) != 0)
			return -1;
		first = false;
	}
	if (found < 0)
		return -1;
	if (k->text.p == NULL)
		return fault(f, EX_DATAERR, "no p=");
	return decode(k->text, octets, f);
}

/* ---- DMARC --------------------------------------------------------------- */

static const char *const policies[] = {
	[DMARC_NONE] = "none", [DMARC_QUARANTINE] = "quarantine",
	[DMARC_REJECT] = "reject",
};

const char *
dmarc_word(enum dmarc_policy p)
{
	return policies[p];
}

bool
dmarc_is(struct str record)
{
	struct str head;

	(void)str_cut(&record, ';', &head);
	(void)str_cut(&head, '=', &record);
	return str_eq(str_trim(record), STR("v")) &&
	    str_eq(str_trim(head), STR("DMARC1"));
}

/* False for a word that is no policy. */
static bool
policy(struct str value, enum dmarc_policy *p)
{
	for (int i = DMARC_NONE; i <= DMARC_REJECT; i++)
		if (str_ieq(value, str_of(policies[i]))) {
			*p = (enum dmarc_policy)i;
			return true;
		}
	return false;
}

static void
take_dmarc_tag(struct dmarc *d, struct str name, struct str value, bool *sub)
{
	if (str_ieq(name, STR("p")))
		d->missing = !policy(value, &d->policy);
	else if (str_ieq(name, STR("sp")))
		*sub = policy(value, &d->sub);
	else if (str_ieq(name, STR("adkim")))
		d->strict_dkim = str_ieq(value, STR("s"));
	else if (str_ieq(name, STR("aspf")))
		d->strict_spf = str_ieq(value, STR("s"));
	else if (str_ieq(name, STR("t")))
		d->testing = str_ieq(value, STR("y"));
	else if (str_ieq(name, STR("pct")) && str_eq(value, STR("0")))
		d->testing = true;
	else if (str_ieq(name, STR("rua")))
		d->reports = value.n > 0;
	else if (str_ieq(name, STR("psd")) && value.n == 1)
		d->psd = ascii_lower(value.p[0]);
}

int
dmarc_parse(struct str record, struct dmarc *d, struct fault *f)
{
	struct str name, value;
	bool sub = false;
	int found;

	*d = (struct dmarc){ .missing = true, .psd = 'u' };
	if (!dmarc_is(record))
		return fault(f, EX_DATAERR, "does not begin with v=DMARC1");
	/* What is no tag is passed over (RFC 7489 section 6.3). */
	while ((found = tag_next(&record, &name, &value, f)) != 0)
		if (found > 0)
			take_dmarc_tag(d, name, value, &sub);
	/* RFC 7489 section 6.6.3: with rua= it counts as p=none. */
	if (d->missing && !d->reports)
		return fault(f, EX_DATAERR, "no valid p=");
	if (!sub)
		d->sub = d->policy;
	return 0;
}

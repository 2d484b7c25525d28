/* SPDX-License-Identifier: ISC */
/*
 * Records of the DNS from any bytes; the first octet chooses the kind: SPF, a
 * DKIM key, DMARC.  What comes out lies inside of what went in, and a second
 * look says the same.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/spf.h"
#include "doctor/tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(struct str all, struct str part)
{
	assert(part.n == 0 || (part.p >= all.p &&
	    part.p + part.n <= all.p + all.n));
}

static void
check_spf(struct str all)
{
	struct str rest = all;
	struct spf_term t;
	struct fault f = { 0 };
	size_t terms = 0;
	int found;

	while ((found = spf_next(&rest, &t, &f)) > 0) {
		assert(t.text.n > 0 && strchr("+-~?", t.qualifier) != NULL);
		check_inside(all, t.text);
		check_inside(t.text, t.domain);
		assert(t.prefix4 <= 32 && t.prefix6 <= 128);
		assert(t.kind <= SPF_OTHER);
		assert(t.kind != SPF_INCLUDE || t.domain.n > 0);
		assert(t.kind != SPF_ALL || t.domain.n == 0);
		assert(++terms <= all.n);
	}
	assert(found == 0 || (f.code == EX_DATAERR && f.text[0] != '\0'));
}

static void
check_tags(struct str all)
{
	struct str rest = all, name, value;
	struct fault f = { 0 };
	size_t tags = 0;
	int found;

	while ((found = tag_next(&rest, &name, &value, &f)) > 0) {
		check_inside(all, name);
		check_inside(all, value);
		assert(name.n > 0 && memchr(value.p, ';', value.n) == NULL);
		assert(++tags <= all.n);
	}
	assert(found == 0 || f.code == EX_DATAERR);
}

static void
check_key(struct str all)
{
	struct dkim_key k;
	struct fault f = { 0 };
	struct buf octets;

	buf_init(&octets, 4096);
	if (dkim_key_parse(all, &k, &octets, &f) != 0)
		assert(f.code == EX_DATAERR && f.text[0] != '\0');
	else {
		check_inside(all, k.text);
		assert(k.revoked == (k.text.n == 0));
		assert(octets.n <= k.text.n);
	}
	buf_free(&octets);
}

static void
check_dmarc(struct str all)
{
	struct dmarc d;
	struct fault f = { 0 };

	if (dmarc_parse(all, &d, &f) != 0) {
		assert(f.code == EX_DATAERR && f.text[0] != '\0');
		return;
	}
	assert(dmarc_is(all));
	assert(dmarc_word(d.policy) != NULL && dmarc_word(d.sub) != NULL);
	assert(!d.missing || d.reports);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all;
	char *copy;

	if (size < 2)
		return 0;
	/* Exactly as long as it is, for the sanitizer to see the end. */
	copy = malloc(size - 1);
	if (copy == NULL)
		abort();
	memcpy(copy, data + 1, size - 1);
	all = (struct str){ copy, size - 1 };
	switch (data[0] % 3) {
	case 0:
		check_spf(all);
		break;
	case 1:
		check_key(all);
		break;
	default:
		check_dmarc(all);
	}
	check_tags(all);
	free(copy);
	return 0;
}

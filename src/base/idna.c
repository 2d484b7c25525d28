/* SPDX-License-Identifier: ISC */
/*
 * Internationalised domain names: RFC 5891 (what to do), 5892 (which code
 * points may be in a label), 5895 (what users write instead), 3492 (Punycode).
 * The properties of characters are the Unicode library's.  As for every
 * look-up the rules of context are left to the registries, but that a joiner
 * stands behind something that may be joined; so are those on direction.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* It expects the words for truth. */
#define TRUE	true
#define FALSE	false
#include <libunicode.h>

#include "base/idna.h"
#include "base/utf8.h"

enum { LABEL_MAX = 63, POINTS_MAX = 256 };

/* RFC 3492 section 5. */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72 };

/*
 * What is not as its properties say: RFC 5892 sections 2.6, 2.9, and of 2.3
 * what else would be a letter.
 */
static const struct range {
	uint32_t	first, end;
	bool		allowed;
} exceptions[] = {
	{ 0x00b7, 0x00b8, true },	{ 0x00df, 0x00e0, true },
	{ 0x034f, 0x0350, false },	{ 0x0375, 0x0376, true },
	{ 0x03c2, 0x03c3, true },	{ 0x05f3, 0x05f5, true },
	{ 0x0640, 0x0641, false },	{ 0x0660, 0x066a, true },
	{ 0x06f0, 0x06fa, true },	{ 0x06fd, 0x06ff, true },
	{ 0x07fa, 0x07fb, false },	{ 0x0f0b, 0x0f0c, true },
	{ 0x1100, 0x1200, false },	{ 0x17b4, 0x17b6, false },
	{ 0x180b, 0x1810, false },	{ 0x200c, 0x200e, true },
	{ 0x3007, 0x3008, true },	{ 0x302e, 0x3030, false },
	{ 0x3031, 0x3036, false },	{ 0x303b, 0x303c, false },
	{ 0x30fb, 0x30fc, true },	{ 0xa960, 0xa980, false },
	{ 0xd7b0, 0xd800, false },	{ 0xfe00, 0xfe10, false },
	{ 0xe0100, 0xe01f0, false },
};

/* Sets of code points, made once. */
static struct sets {
	bool		 made;
	CharRange	 letters;	/* RFC 5892 section 2.1 */
	CharRange	 marks;
} sets;

static void *
resize(void *opaque, void *p, size_t size)
{
	(void)opaque;
	if (size > 0)
		return realloc(p, size);
	free(p);
	return NULL;
}

/* Makes the union of these blank separated categories. */
static bool
make_set(CharRange *set, const char *names)
{
	struct str rest = str_of(names), word;
	bool ok = true;

	cr_init(set, NULL, resize);
	while (ok && str_word(&rest, &word)) {
		char name[4];
		CharRange one;

		(void)snprintf(name, sizeof(name), "%.*s", STR_ARG(word));
		cr_init(&one, NULL, resize);
		ok = unicode_general_category(&one, name) == 0 &&
		    cr_union1(set, one.points, one.len) == 0;
		cr_free(&one);
	}
	return ok;
}

static bool
make_sets(void)
{
	sets.made = sets.made ||
	    (make_set(&sets.letters, "Ll Lu Lo Nd Lm Mn Mc") &&
	    make_set(&sets.marks, "M"));
	return sets.made;
}

/* The points of a set are where it begins and ends, in turn. */
static bool
in_set(const CharRange *set, uint32_t c)
{
	int low = 0, high = set->len;

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (set->points[middle] <= c)
			low = middle + 1;
		else
			high = middle;
	}
	return low % 2 == 1;
}

/* The only character of a form of these; 0: it has several. */
static uint32_t
normal(const uint32_t *points, int n)
{
	uint32_t *form, only = 0;

	n = unicode_normalize(&form, points, n, UNICODE_NFKC, NULL, resize);
	if (n < 0)
		return 0;
	if (n == 1)
		only = form[0];
	free(form);
	return only;
}

/* RFC 5892 section 2.2: it is what all its other forms become. */
static bool
stable(uint32_t c)
{
	uint32_t folded[LRE_CC_RES_LEN_MAX], form = normal(&c, 1);

	return form != 0 &&
	    normal(folded, lre_case_conv(folded, form, 2)) == c;
}

static bool
allowed(uint32_t c)
{
	if (c < 128)
		return c == '-' || (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'z');
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++)
		if (c >= exceptions[i].first && c < exceptions[i].end)
			return exceptions[i].allowed;
	return in_set(&sets.letters, c) && stable(c);
}

/* RFC 5892 appendices A.1 and A.2, as far as a look-up needs them. */
static bool
joins(const uint32_t *label, size_t n, size_t i)
{
	return i > 0 && label[i - 1] >= 128 &&
	    (label[i] == 0x200d || i + 1 < n);
}

/* Why these are no U-label; or NULL. */
static const char *
problem(const uint32_t *label, size_t n)
{
	if (n == 0)
		return "an empty label";
	if (label[0] == '-' || label[n - 1] == '-' ||
	    (n > 3 && label[2] == '-' && label[3] == '-'))
		return "a hyphen where none may be";
	if (in_set(&sets.marks, label[0]))
		return "a label that starts with a combining character";
	for (size_t i = 0; i < n; i++)
		if (!allowed(label[i]) || ((label[i] == 0x200c ||
		    label[i] == 0x200d) && !joins(label, n, i)))
			return "a character that cannot be in a domain";
	return NULL;
}

static uint32_t
adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	for (delta += delta / points; delta > (BASE - TMIN) * TMAX / 2;
	    k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

/* Appends a number of variable length; RFC 3492 section 6.3. */
static void
put_number(char *out, size_t *n, uint32_t q, uint32_t bias)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (uint32_t k = BASE; *n < LABEL_MAX + 1; k += BASE) {
		uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX :
		    k - bias;

		if (q < t)
			break;
		out[(*n)++] = digits[t + (q - t) % (BASE - t)];
		q = (q - t) / (BASE - t);
	}
	if (*n < LABEL_MAX + 1)
		out[(*n)++] = digits[q];
}

/* The next larger code point of the label. */
static uint32_t
next_point(const uint32_t *label, size_t n, uint32_t least)
{
	uint32_t next = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (label[i] >= least && label[i] < next)
			next = label[i];
	return next;
}

/*
 * Writes "xn--" and Punycode, RFC 3492 section 6.3, of at most POINTS_MAX code
 * points, so that no delta overflows.  More than LABEL_MAX octets stand for
 * too many.
 */
static size_t
punycode(char out[LABEL_MAX + 1], const uint32_t *label, size_t count)
{
	uint32_t point = 128, delta = 0, bias = BIAS, done = 0, basic;
	size_t n = 4;

	memcpy(out, "xn--", n);
	for (size_t i = 0; i < count; i++)
		if (label[i] < 128 && ++done && n <= LABEL_MAX)
			out[n++] = (char)label[i];
	basic = done;
	if (basic > 0 && n <= LABEL_MAX)
		out[n++] = '-';
	while (done < count && n <= LABEL_MAX) {
		uint32_t next = next_point(label, count, point);

		delta += (next - point) * (done + 1);
		for (size_t i = 0; i < count; i++) {
			delta += label[i] < next;
			if (label[i] != next)
				continue;
			put_number(out, &n, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		point = next + 1;
	}
	return n;
}

static int
refuse(struct str domain, const char *why, struct fault *f)
{
	char shown[128];

	str_escape(shown, sizeof(shown), domain);
	return fault(f, EX_DATAERR, "domain %s: %s (RFC 5891)", shown, why);
}

/*
 * What a user writes as the code points that are meant: RFC 5895 section 2.
 * Returns their number, 0 for what is too much or no UTF-8.
 */
static size_t
read_points(struct str domain, uint32_t points[POINTS_MAX])
{
	uint32_t *form, c, lower[LRE_CC_RES_LEN_MAX];
	size_t count = 0;
	int n;

	for (size_t k; domain.n > 0; domain.p += k, domain.n -= k) {
		k = utf8_decode(domain, &c);
		if (k == 0 || count + LRE_CC_RES_LEN_MAX > POINTS_MAX)
			return 0;
		if (c >= 0xff00 && c < 0xfff0 && normal(&c, 1) != 0)
			c = normal(&c, 1);
		lower[0] = c == 0x3002 ? '.' : c;
		n = allowed(c) ? 1 : lre_case_conv(lower, lower[0], 1);
		for (int i = 0; i < n; i++)
			points[count++] = lower[i];
	}
	n = unicode_normalize(&form, points, (int)count, UNICODE_NFC, NULL,
	    resize);
	if (n < 0 || n > POINTS_MAX)
		return 0;
	memcpy(points, form, (size_t)n * sizeof(*points));
	free(form);
	return (size_t)n;
}

/* Appends a label; why it cannot be, or NULL. */
static const char *
put_label(char ascii[IDNA_MAX + 1], size_t *at, const uint32_t *label,
    size_t n)
{
	char coded[LABEL_MAX + 1];
	const char *why = NULL;
	bool plain = true;
	size_t length = n;

	for (size_t i = 0; i < n; i++) {
		plain = plain && label[i] < 128;
		if (plain && i < LABEL_MAX)
			coded[i] = (char)label[i];
	}
	if (!plain) {
		why = problem(label, n);
		length = why != NULL ? 0 : punycode(coded, label, n);
	}
	if (length > LABEL_MAX || *at + length > IDNA_MAX)
		return "too long";
	memcpy(ascii + *at, coded, length);
	*at += length;
	return why;
}

int
idna_ascii(struct str domain, char ascii[IDNA_MAX + 1], struct fault *f)
{
	uint32_t points[POINTS_MAX];
	size_t count, start = 0, n = 0;
	const char *why = NULL;

	if (!str_has_8bit(domain)) {
		if (domain.n > IDNA_MAX)
			return refuse(domain, "too long", f);
		if (domain.n > 0)
			memcpy(ascii, domain.p, domain.n);
		ascii[domain.n] = '\0';
		return 0;
	}
	if (!make_sets())
		return fault(f, EX_OSERR, "out of memory");
	count = read_points(domain, points);
	if (count == 0)
		return refuse(domain, "too long, or not UTF-8", f);
	for (size_t i = 0; i <= count && why == NULL; i++) {
		if (i < count && points[i] != '.')
			continue;
		why = put_label(ascii, &n, points + start, i - start);
		if (i < count && n < IDNA_MAX)
			ascii[n++] = '.';
		start = i + 1;
	}
	ascii[n] = '\0';
	return why == NULL ? 0 : refuse(domain, why, f);
}

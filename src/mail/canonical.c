/* SPDX-License-Identifier: ISC */
/*
 * The two forms of RFC 6376 section 3.4 in which text is hashed, so that a
 * signature survives what relays do to white space.  What may turn out to be
 * at the end of a line, or of the body, is held back until something follows.
 */
#include <string.h>

#include "base/pages.h"
#include "mail/canonical.h"

void
canonical_start(struct canonical *c, bool relaxed)
{
	*c = (struct canonical){ .relaxed = relaxed };
	SHA256Init(&c->hash);
}

static void
flush(struct canonical *c)
{
	SHA256Update(&c->hash, (const uint8_t *)c->out, c->n);
	c->n = 0;
}

static void
put(struct canonical *c, const char *p, size_t n)
{
	c->begun = true;
	if (n > sizeof(c->out) - c->n) {
		flush(c);
		if (n > sizeof(c->out)) {
			SHA256Update(&c->hash, (const uint8_t *)p, n);
			return;
		}
	}
	memcpy(c->out + c->n, p, n);
	c->n += n;
}

/* Something follows: what was held back counts. */
static void
release(struct canonical *c)
{
	for (; c->ends > 0; c->ends--)
		put(c, "\r\n", 2);
	if (c->blank)
		put(c, " ", 1);
	c->blank = false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Octets that can be hashed as they stand in one go. */
static size_t
run(const struct canonical *c, struct str s)
{
	const char *end;
	size_t n = 0;

	if (!c->relaxed) {
		end = memchr(s.p, '\r', s.n);
		return end == NULL ? s.n : (size_t)(end - s.p);
	}
	while (n < s.n && s.p[n] != '\r' && !is_blank(s.p[n]))
		n++;
	return n;
}

void
canonical_body(struct canonical *c, struct str s)
{
	while (s.n > 0) {
		size_t n = 1;

		if (*s.p == '\n') {
			c->ends++;
			c->blank = false;
		} else if (c->relaxed && is_blank(*s.p))
			c->blank = true;
		else if (*s.p != '\r') {
			release(c);
			n = run(c, s);
			put(c, s.p, n);
		}
		s.p += n;
		s.n -= n;
	}
}

void
canonical_body_end(struct canonical *c)
{
	/* Only the simple form has a line where there is none. */
	if (c->begun || !c->relaxed)
		put(c, "\r\n", 2);
	c->ends = 0;
	c->blank = false;
}

/* The name in lower case, without the blanks around the colon. */
static struct str
relaxed_name(struct canonical *c, struct str raw)
{
	const char *colon = memchr(raw.p, ':', raw.n);
	size_t name = colon == NULL ? raw.n : (size_t)(colon - raw.p);
	size_t body = colon == NULL ? raw.n : name + 1;

	for (size_t i = 0; i < name; i++) {
		char lower = ascii_lower(raw.p[i]);

		if (!is_blank(lower))
			put(c, &lower, 1);
	}
	put(c, ":", 1);
	return str_trim((struct str){ raw.p + body, raw.n - body });
}

void
canonical_field(struct canonical *c, struct str raw)
{
	bool end = raw.n > 0 && raw.p[raw.n - 1] == '\n';
	struct str text;

	if (!c->relaxed) {
		while (pages_cut(&raw, &text))
			put(c, text.p, text.n);
		return;
	}
	text = relaxed_name(c, raw);
	while (text.n > 0) {
		size_t n = run(c, text);

		pages_passed(text.p);
		if (n > 0) {
			release(c);
			put(c, text.p, n);
		} else {
			c->blank |= is_blank(*text.p);
			n = 1;
		}
		text.p += n;
		text.n -= n;
		/* Line ends within a field are folds: nothing. */
		if (text.n > 0 && *text.p == '\n') {
			text.p++;
			text.n--;
		}
	}
	if (end)
		put(c, "\r\n", 2);
}

void
canonical_digest(struct canonical *c,
    unsigned char digest[SHA256_DIGEST_LENGTH])
{
	flush(c);
	SHA256Final(digest, &c->hash);
}

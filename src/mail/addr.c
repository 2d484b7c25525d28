/* SPDX-License-Identifier: ISC */
/*
 * What an address is: RFC 5322 sections 3.4 and 4.4 with UTF-8 (RFC 6532), in
 * the form and within the limits that SMTP has for it (RFC 5321).  Lenient
 * where one reading is possible: special characters in a display name are
 * passed over, and a local part with dots in the wrong places is quoted.
 */
#include <stdio.h>
#include <string.h>

#include "mail/addr_part.h"
#include "mail/element.h"

#define GRAMMAR	ELEMENT_GRAMMAR
#define LIMITS	ADDR_PART_LIMITS

/* What is being read of an element. */
struct cursor {
	const char	*p, *end;
	bool		 angle;		/* in angle brackets */
	const char	*last;		/* behind the last word or dot */
};

/* A part of the address being built; n goes on when p is full. */
struct part {
	char		 p[ADDR_DOMAIN_MAX + 1];
	size_t		 n;
};

static void
put(struct part *part, char c)
{
	if (part->n < sizeof(part->p))
		part->p[part->n] = c;
	part->n++;
}

/* RFC 5322 section 3.2.3: printable and not special. */
static inline bool
atext(char c)
{
	return addr_plain(c) || (c > ' ' && c <= '~' &&
	    strchr("()<>[]:;@\\,.\"", c) == NULL);
}

/* Takes what stands there of an atom. */
static void
atom(struct cursor *c, struct part *part)
{
	size_t room = sizeof(part->p) - part->n, n;
	const char *start = c->p;

	while (c->p < c->end && atext(*c->p))
		c->p++;
	n = (size_t)(c->p - start);
	if (part->n < sizeof(part->p))
		memcpy(part->p + part->n, start, n < room ? n : room);
	part->n += n;
}

static void
skip_cfws(struct cursor *c)
{
	c->p = element_skip_cfws(c->p, c->end);
}

static bool
is_cfws(const char *from, const char *to)
{
	return element_skip_cfws(from, to) == to;
}

static int
refuse(struct fault *f, const char *why)
{
	return fault(f, EX_DATAERR, "not an address: %s", why);
}

static int
unexpected(const struct cursor *c, struct fault *f)
{
	if (c->p == c->end)
		return refuse(f, "it ends too early" GRAMMAR);
	return fault(f, EX_DATAERR, "not an address: unexpected \"%c\"" GRAMMAR,
	    *c->p);
}

/* Takes the octets of a quoted string, which is known to end. */
static void
quoted_string(struct cursor *c, struct part *part)
{
	for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
		if (*c->p == '\r' || *c->p == '\n')
			continue;
		if (*c->p == '\\' && c->end - c->p > 1)
			c->p++;
		put(part, *c->p);
	}
	if (c->p < c->end)
		c->p++;
}

/*
 * Takes words with dots and CFWS between them: a domain, or a local part,
 * whose words may be quoted.  Stops where neither goes on.  Returns the
 * number of words, or -1.
 */
static int
words(struct cursor *c, bool quotes, struct part *part, struct fault *f)
{
	bool word = false;
	int count = 0;

	for (skip_cfws(c); c->p < c->end; skip_cfws(c)) {
		const bool dot = *c->p == '.';

		if (!dot && !atext(*c->p) && !(quotes && *c->p == '"'))
			break;
		if (word && !dot)
			return refuse(f, c->angle ?
			    "two words in angle brackets" GRAMMAR :
			    "two words without angle brackets" GRAMMAR);
		word = !dot;
		count += word;
		if (dot)
			put(part, *c->p++);
		else if (*c->p == '"')
			quoted_string(c, part);
		else
			atom(c, part);
		c->last = c->p;
	}
	return count;
}

/* Takes a domain literal; comments and white space in it are dropped. */
static int
literal(struct cursor *c, struct part *part, struct fault *f)
{
	while (*c->p != ']') {
		put(part, *c->p++);
		skip_cfws(c);
		if (c->p == c->end)
			return unexpected(c, f);
	}
	put(part, *c->p++);
	c->last = c->p;
	return 0;
}

/* Takes the domain behind an "@" and checks it. */
static int
domain(struct cursor *c, struct part *part, struct fault *f)
{
	const char *why;
	int failed;

	part->n = 0;
	skip_cfws(c);
	failed = c->p < c->end && *c->p == '[' ? literal(c, part, f) :
	    words(c, false, part, f);
	if (failed < 0)
		return -1;
	/* The root's dot is not part of a mail domain. */
	if (part->n > 1 && part->n <= sizeof(part->p) &&
	    part->p[part->n - 1] == '.')
		part->n--;
	why = addr_domain_problem((struct str){ part->p, part->n });
	if (why == NULL)
		why = addr_text_problem((struct str){ part->p, part->n });
	return why == NULL ? 0 : refuse(f, why);
}

/* Drops an obsolete route, "@a,@b:" (RFC 5322 section 4.4). */
static int
route(struct cursor *c, struct fault *f)
{
	bool found = false;

	for (skip_cfws(c); c->p < c->end; skip_cfws(c)) {
		struct part ignored;

		if (*c->p != '@' && *c->p != ',')
			break;
		found = true;
		if (*c->p++ == '@' && domain(c, &ignored, f) != 0)
			return -1;
	}
	if (!found)
		return 0;
	if (c->p == c->end || *c->p != ':')
		return unexpected(c, f);
	c->p++;
	return 0;
}

static bool
is_dot_atom(const struct part *part)
{
	char before = '.';

	for (size_t i = 0; i < part->n; i++) {
		if (part->p[i] == '.' ? before == '.' : !atext(part->p[i]))
			return false;
		before = part->p[i];
	}
	return before != '.';
}

/* Appends a local part in the form it has in an SMTP path. */
static int
local_form(const struct part *in, struct part *out, struct fault *f)
{
	static const char too_long[] =
	    "a local part of more than 64 octets" LIMITS;
	const char *why;
	bool quote;

	if (in->n > ADDR_LOCAL_MAX)
		return refuse(f, too_long);
	why = addr_text_problem((struct str){ in->p, in->n });
	if (why != NULL)
		return refuse(f, why);
	quote = !is_dot_atom(in);
	if (quote)
		put(out, '"');
	for (size_t i = 0; i < in->n; i++) {
		if (in->p[i] == '"' || in->p[i] == '\\')
			put(out, '\\');
		put(out, in->p[i]);
	}
	if (quote)
		put(out, '"');
	return out->n <= ADDR_LOCAL_MAX ? 0 : refuse(f, too_long);
}

/* Joins the parts to the address. */
static int
join(struct addr *a, const struct part *local, const struct part *host,
    struct fault *f)
{
	size_t n = local->n;

	if (n + (host->n > 0) + host->n > ADDR_MAX)
		return refuse(f, "more than 254 octets" LIMITS);
	memcpy(a->spec, local->p, n);
	if (host->n > 0) {
		a->spec[n++] = '@';
		a->domain = a->spec + n;
		memcpy(a->spec + n, host->p, host->n);
		n += host->n;
	}
	a->spec[n] = '\0';
	return 0;
}

/* Reads local part and domain up to the cursor's end. */
static int
addr_spec(struct cursor *c, struct addr *a, struct fault *f)
{
	struct part name, local, host;
	int count;

	name.n = local.n = host.n = 0;
	count = words(c, true, &name, f);

	if (count < 0)
		return -1;
	if (count == 0 || (c->p < c->end && *c->p != '@'))
		return unexpected(c, f);
	if (c->p == c->end && name.n == 0)
		return refuse(f, "an empty name" GRAMMAR);
	if (local_form(&name, &local, f) != 0)
		return -1;
	if (c->p == c->end) {
		a->end = c->last;
		return join(a, &local, &host, f);
	}
	c->p++;
	if (domain(c, &host, f) != 0)
		return -1;
	skip_cfws(c);
	if (c->p < c->end)
		return unexpected(c, f);
	return join(a, &local, &host, f);
}

/* Reads an address, with a route in front, and notes where it stands. */
static int
written(struct cursor *c, struct addr *a, struct fault *f)
{
	const char *start;

	skip_cfws(c);
	start = c->p;
	if ((c->angle && route(c, f) != 0) || addr_spec(c, a, f) != 0)
		return -1;
	a->written = (struct str){ start, (size_t)(c->last - start) };
	return 0;
}

/* Reads the mailbox that an element is. */
static int
mailbox(const struct element *e, struct addr *a, struct fault *f)
{
	const char *const end = e->text.p + e->text.n;
	struct cursor c = { .p = e->text.p, .end = end };

	if (e->why != NULL)
		return refuse(f, e->why);
	if (e->open == NULL)
		return written(&c, a, f);
	if (!is_cfws(e->close + 1, end))
		return refuse(f, "text behind the angle brackets" GRAMMAR);
	a->phrase = str_trim((struct str){ e->text.p,
	    (size_t)(e->open - e->text.p) });
	c = (struct cursor){ .p = e->open + 1, .end = e->close, .angle = true };
	if (is_cfws(c.p, c.end)) {
		a->empty = true;
		return 0;
	}
	return written(&c, a, f);
}

void
addr_start(struct addr_list *list, struct str text)
{
	*list = (struct addr_list){ .rest = str_trim(text) };
}

/* An address of which only the text is known. */
static void
start(struct addr *a, struct str text)
{
	a->spec[0] = '\0';
	a->domain = a->end = NULL;
	a->text = text;
	a->written = a->phrase = (struct str){ NULL, 0 };
	a->empty = false;
}

static int
next(struct addr_list *list, bool bare, struct addr *a, struct fault *f)
{
	struct element e;

	do {
		if (list->rest.n == 0) {
			start(a, list->rest);
			return 0;
		}
		element_next(list, &e);
	} while ((bare && e.domain) || (e.why == NULL &&
	    is_cfws(e.text.p, e.text.p + e.text.n)));
	start(a, e.text);
	if (mailbox(&e, a, f) == 0)
		return 1;
	start(a, e.text);
	return -1;
}

int
addr_next(struct addr_list *list, struct addr *a, struct fault *f)
{
	return next(list, false, a, f);
}

int
addr_next_bare(struct addr_list *list, struct addr *a, struct fault *f)
{
	return next(list, true, a, f);
}

int
addr_single(struct str text, struct addr *a, struct fault *f)
{
	struct str trimmed = str_trim(text);
	struct addr_list list;
	char name[128];
	int found;

	addr_start(&list, text);
	found = addr_next(&list, a, f);
	/* A separator or a group makes the text longer than its address. */
	if (found == 1 && a->text.n == trimmed.n)
		return 0;
	if (found == 0)
		(void)refuse(f, "there is none" GRAMMAR);
	else if (found == 1)
		(void)refuse(f, "one is wanted here, not a list");
	start(a, trimmed);
	str_escape(name, sizeof(name), trimmed);
	return fault(f, EX_DATAERR, "\"%s\": %s", name, f->text);
}

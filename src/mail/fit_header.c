/* SPDX-License-Identifier: ISC */
/*
 * The header as the relay takes it: what it has of UTF-8, and whether that may
 * be changed.
 */
#include "mail/downgrade.h"
#include "mail/fit_header.h"
#include "mail/header.h"

static bool
has_8bit(const struct pieces *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (str_has_8bit(p->piece[i].text))
			return true;
	return false;
}

/* The pieces in one, without the blank line. */
static int
flatten(struct buf *text, const struct pieces *p, struct fault *f)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->piece[i].text.n;
	buf_init(text, n);
	for (size_t i = 0; i < p->count; i++)
		(void)buf_str(text, p->piece[i].text);
	if (text->failed)
		return fault(f, EX_OSERR, "header: out of memory");
	if (n >= 2)
		text->n -= 2;
	return 0;
}

/* True when the header is signed, and that is to be respected. */
static bool
is_sealed(const struct mail *m, struct str header)
{
	(void)m;
	return header_has(header, "DKIM-Signature");
}

bool
mail_needs_utf8(const struct mail *m)
{
	struct fault ignored;
	struct buf text;
	bool needs;

	if (!has_8bit(&m->header))
		return false;
	needs = flatten(&text, &m->header, &ignored) == 0 &&
	    (header_needs_utf8(buf_view(&text)) ||
	    is_sealed(m, buf_view(&text)));
	buf_free(&text);
	return needs;
}

int
fit_header(struct mail *m, const struct fit_for *what, struct fault *f)
{
	struct fitted *fitted = &m->fitted;
	struct header_rules rules = { .utf8 = what->utf8 };
	bool changed;

	if (fitted->text.n == 0) {
		if (!has_8bit(&m->header) && m->message.long_line == 0)
			return 0;
		if (flatten(&fitted->text, &m->header, f) != 0)
			return -1;
	}
	rules.sealed = is_sealed(m, buf_view(&fitted->text));
	if (header_fit(&fitted->header, buf_view(&fitted->text), &rules,
	    &changed, f) != 0)
		return -1;
	if (fitted->kind == MAIL_AS_READ)
		fitted->kind = m->message.body_8bit ||
		    has_8bit(&fitted->header) ? MAIL_8BIT : MAIL_7BIT;
	return pieces_add(&fitted->header, STR("\r\n"), f);
}

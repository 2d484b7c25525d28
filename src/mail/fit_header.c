/* SPDX-License-Identifier: ISC */
/*
 * The header as the relay takes it: what it has of UTF-8, and whether that may
 * be changed.
 */
#include "mail/downgrade.h"
#include "mail/fit_header.h"
#include "mail/header.h"

#define PRIORITY	"MT-Priority"

int
fit_flatten(struct buf *text, const struct mail *m, struct fault *f)
{
	if (pieces_flatten(text, &m->header, f) != 0)
		return -1;
	if (text->n >= 2)
		text->n -= 2;
	return 0;
}

const char *
fit_sealed(const struct mail *m, struct str header)
{
	static const char *const names[] = { "DKIM-Signature",
	    "DomainKey-Signature", "ARC-Message-Signature" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!m->open && header_has(header, names[i]))
			return names[i];
	return NULL;
}

bool
mail_needs_utf8(const struct mail *m)
{
	struct fault ignored;
	struct buf text;
	bool needs;

	if (!pieces_has_8bit(&m->header))
		return false;
	needs = fit_flatten(&text, m, &ignored) == 0 &&
	    (header_needs_utf8(buf_view(&text)) ||
	    fit_sealed(m, buf_view(&text)) != NULL);
	buf_free(&text);
	return needs;
}

/* Where relays know no priority, a field says it (RFC 6758). */
static int
put_priority(struct mail *m, const struct fit_for *what, struct fault *f)
{
	const struct service *service = &m->envelope.service;
	struct buf made;

	if (!service->prior || what->priority ||
	    header_has(buf_view(&m->fitted.text), PRIORITY))
		return 0;
	buf_init(&made, 64);
	(void)buf_fmt(&made, PRIORITY ": %d\r\n", service->priority);
	return pieces_made(&m->fitted.header, &made, f);
}

int
fit_header(struct mail *m, const struct fit_for *what, struct fault *f)
{
	struct fitted *fitted = &m->fitted;
	struct header_rules rules = { .utf8 = what->utf8, .leave = m->leave };
	bool changed;

	if (fitted->text.n == 0) {
		if (!pieces_has_8bit(&m->header) && m->message.long_line == 0 &&
		    !m->envelope.service.prior)
			return 0;
		if (fit_flatten(&fitted->text, m, f) != 0)
			return -1;
	}
	rules.sealed = fit_sealed(m, buf_view(&fitted->text)) != NULL;
	if (m->envelope.service.prior && what->priority)
		rules.without = PRIORITY;
	if (header_fit(&fitted->header, buf_view(&fitted->text), &rules,
	    &changed, f) != 0 || put_priority(m, what, f) != 0)
		return -1;
	if (fitted->kind == MAIL_AS_READ)
		fitted->kind = m->message.body_8bit ? MAIL_8BIT : MAIL_7BIT;
	if (fitted->kind == MAIL_7BIT && pieces_has_8bit(&fitted->header))
		fitted->kind = MAIL_8BIT;
	return pieces_add(&fitted->header, STR("\r\n"), f);
}

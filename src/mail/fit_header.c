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
fit_flatten(struct buf *text, struct mail *m, struct fault *f)
{
	if (pieces_flatten(text, &m->header, &m->message.scratch, f) != 0)
		return -1;
	if (text->n >= 2)
		text->n -= 2;
	return 0;
}

void
fit_forget(struct mail *m)
{
	struct scratch *scratch = &m->message.scratch;

	scratch_rewind(scratch, m->message.header.filed);
	scratch_rewind(scratch, scratch->end + m->header.packed.filed);
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
mail_needs_utf8(struct mail *m)
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
	fit_forget(m);
	return needs;
}

/* Where relays know no priority, a field says it (RFC 6758). */
static void
put_priority(struct buf *out, struct str before, const struct service *service)
{
	if (service->prior && !header_has(before, PRIORITY))
		(void)buf_fmt(out, PRIORITY ": %d\r\n", service->priority);
}

/* From what is there to what leaves. */
static int
make(struct mail *m, struct str before, const struct fit_for *what,
    struct fault *f)
{
	const struct service *service = &m->envelope.service;
	struct header_rules rules = { .utf8 = what->utf8, .leave = m->leave,
	    .sealed = fit_sealed(m, before) != NULL };
	struct buf *out = &m->fitted.text;
	bool changed;

	if (service->prior && what->priority)
		rules.without = PRIORITY;
	buf_init_paged(out, HEADER_GROWTH(before.n), &m->message.scratch);
	if (header_fit(out, before, &rules, &changed, f) != 0)
		return -1;
	if (!what->priority)
		put_priority(out, before, service);
	(void)buf_puts(out, "\r\n");
	buf_settle(out);
	if (out->failed)
		return fault(f, EX_OSERR, "header: out of memory");
	return pieces_add(&m->fitted.header, buf_view(out), f);
}

int
fit_header(struct mail *m, const struct fit_for *what, struct fault *f)
{
	struct fitted *fitted = &m->fitted;
	struct buf before = fitted->text;
	int status = 0;

	if (before.n == 0) {
		if (!pieces_has_8bit(&m->header) && m->message.long_line == 0 &&
		    !m->envelope.service.prior)
			return 0;
		status = fit_flatten(&before, m, f);
	}
	if (status == 0)
		status = make(m, buf_view(&before), what, f);
	buf_free(&before);
	if (status != 0)
		return -1;
	if (fitted->kind == MAIL_AS_READ)
		fitted->kind = m->message.body_8bit ? MAIL_8BIT : MAIL_7BIT;
	if (fitted->kind == MAIL_7BIT && pieces_has_8bit(&fitted->header))
		fitted->kind = MAIL_8BIT;
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The last step before the wire: the mail in the form that this relay takes.
 * First the body, which may change fields of the header; then the header;
 * then the signature over both.
 */
#include "mail/dkim.h"
#include "mail/fit.h"
#include "mail/fit_header.h"

enum { SIGNATURES_MAX = 1024 * 1024 };

void
mail_unfit(struct mail *m)
{
	pieces_free(&m->fitted.header);
	spans_free(&m->fitted.body);
	buf_free(&m->fitted.text);
	m->fitted = (struct fitted){ .kind = MAIL_AS_READ };
}

/* The body, and with it the Content- fields of the header. */
static int
fit_body(struct mail *m, const struct fit_for *what, struct fault *f)
{
	(void)m;
	(void)what;
	(void)f;
	return 0;
}

/* The signatures, over what is there now and will not change any more. */
static int
fit_signatures(struct mail *m, struct fault *f)
{
	struct pieces *header = &m->fitted.header;
	struct buf fields;

	if (m->dkim == NULL || STAILQ_EMPTY(&m->dkim->signers))
		return 0;
	buf_init(&fields, SIGNATURES_MAX);
	if (dkim_sign(&fields, m, m->dkim, time(NULL), f) != 0) {
		buf_free(&fields);
		return -1;
	}
	if (fields.n > 0 && pieces_view(header, &m->header, f) != 0) {
		buf_free(&fields);
		return -1;
	}
	return pieces_made_first(header, &fields, f);
}

int
mail_fit(struct mail *m, const struct fit_for *what, struct fault *f)
{
	mail_unfit(m);
	if (fit_body(m, what, f) == 0 && fit_header(m, what, f) == 0 &&
	    fit_signatures(m, f) == 0)
		return 0;
	mail_unfit(m);
	return -1;
}

/* SPDX-License-Identifier: ISC */
/*
 * The last step before the wire: the mail in the form that this relay takes.
 * First the body, which may change fields of the header; then the header;
 * then the signature over both.
 */
#include "mail/fit.h"

void
mail_unfit(struct mail *m)
{
	pieces_free(&m->fitted.header);
	spans_free(&m->fitted.body);
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

/* The fields of the header, as the body has left them. */
static int
fit_header(struct mail *m, const struct fit_for *what, struct fault *f)
{
	(void)m;
	(void)what;
	(void)f;
	return 0;
}

int
mail_fit(struct mail *m, const struct fit_for *what, struct fault *f)
{
	mail_unfit(m);
	if (fit_body(m, what, f) == 0 && fit_header(m, what, f) == 0)
		return 0;
	mail_unfit(m);
	return -1;
}

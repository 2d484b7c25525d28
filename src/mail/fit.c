/* SPDX-License-Identifier: ISC */
/*
 * The last step before the wire: the mail in the form that this relay takes.
 * First the body, which may change fields of the header; then the header;
 * then the signature over both.
 */
#include "mail/dkim.h"
#include "mail/fit.h"
#include "mail/fit_header.h"
#include "mail/mime.h"

enum { SIGNATURES_MAX = 1024 * 1024 };

void
mail_unfit(struct mail *m)
{
	pieces_free(&m->fitted.header);
	spans_free(&m->fitted.body);
	buf_free(&m->fitted.text);
	fit_forget(m);
	m->fitted = (struct fitted){ .kind = MAIL_AS_READ };
}

/* Changes the body, and with it the header, which comes as one text. */
static int
encode(struct mail *m, struct str header, const struct mime_rules *rules,
    struct fault *f)
{
	struct mime mime = { .header = header, .body = &m->message.body };
	int status = mime_plan(&mime, rules, f);

	m->fitted.body = mime.spans;
	m->fitted.kind = mime.domain == MIME_BINARY ? MAIL_BINARY :
	    mime.domain == MIME_8BIT ? MAIL_8BIT : MAIL_7BIT;
	if (status == 0)
		status = pieces_flatten(&m->fitted.text, &mime.top,
		    &m->message.scratch, f);
	pieces_free(&mime.top);
	return status;
}

/*
 * What is signed as a whole passes as it is or not at all; as what it passes
 * by BINARYMIME, its labels do not say.
 */
static int
encode_signed(struct mail *m, const char *name, const struct mime_rules *rules,
    struct fault *f)
{
	if (rules->limit == MIME_BINARY) {
		m->fitted.kind = MAIL_BINARY;
		return 0;
	}
	return fault(f, EX_DATAERR, "message: it has %s, and encoding would "
	    "break its %s (long-lines encode-signed)",
	    m->message.body_long ? "a line of more than 998 octets" :
	    "8-bit text, which the relay does not take", name);
}

/* The body, and with it the Content- fields of the header. */
static int
fit_body(struct mail *m, const struct fit_for *what, struct fault *f)
{
	const struct mime_rules rules = { .open = m->open, .utf8 = what->utf8,
	    .limit = what->binary ? MIME_BINARY : what->eightbit ? MIME_8BIT :
	    MIME_7BIT };
	const char *name;
	struct buf header;
	int status;

	if (!m->message.body_long && (what->eightbit || !m->message.body_8bit))
		return 0;
	if (m->fixed && !m->message.body_long)
		return 0;
	if (m->fixed && !what->binary)
		return fault(f, EX_DATAERR, "message: it has a line of more "
		    "than 998 octets, and its Content-Transfer-Encoding is "
		    "not to be changed (leave)");
	if (m->fixed || (!m->message.body_long && what->binary)) {
		m->fitted.kind = MAIL_BINARY;
		return 0;
	}
	status = fit_flatten(&header, m, f);
	if (status == 0) {
		name = fit_sealed(m, buf_view(&header));
		status = name == NULL ?
		    encode(m, buf_view(&header), &rules, f) :
		    encode_signed(m, name, &rules, f);
	}
	buf_free(&header);
	return status;
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

/* SPDX-License-Identifier: ISC */
/*
 * The one emitter: whatever counts, signs, sends or keeps a mail reads it
 * here, so the bytes declared, signed, sent and stored are the same by
 * construction.
 */
#include "mail/mail.h"

enum { MAIL_CHUNK = 128 * 1024 };

static const struct pieces *
header(const struct mail *m)
{
	return m->fitted.header.count > 0 ? &m->fitted.header : &m->header;
}

uint64_t
mail_size(const struct mail *m)
{
	const struct pieces *pieces = header(m);
	uint64_t size = m->fitted.body.count > 0 ? m->fitted.body.size :
	    store_size(&m->message.body);

	for (size_t i = 0; i < pieces->count; i++)
		size += pieces->piece[i].text.n;
	return size;
}

enum mail_kind
mail_kind(const struct mail *m)
{
	if (m->fitted.kind == MAIL_AS_READ)
		return m->eightbit || m->message.body_8bit ||
		    m->message.header_8bit ? MAIL_8BIT : MAIL_7BIT;
	return m->eightbit && m->fitted.kind == MAIL_7BIT ? MAIL_8BIT :
	    m->fitted.kind;
}

bool
mail_has_dots(const struct mail *m)
{
	return m->message.body_dots || m->fitted.body.count > 0;
}

void
mail_start(struct mail_reader *r, const struct mail *m)
{
	*r = (struct mail_reader){ .mail = m };
	pieces_start(&r->header, header(m));
	spans_start(&r->spans, &m->fitted.body, &m->message.body);
	buf_init_large(&r->room, MAIL_CHUNK);
}

void
mail_stop(struct mail_reader *r)
{
	buf_free(&r->room);
	spans_stop(&r->spans);
}

void
mail_extent(const struct mail_reader *r, uint64_t max, struct extent *e)
{
	const struct mail *m = r->mail;

	/* The header is behind us when some of the body is. */
	if (r->at == 0 || m->fitted.body.count > 0)
		*e = (struct extent){ .fd = -1 };
	else
		store_extent(&m->message.body, r->at, e);
	if (e->n > max)
		e->n = max;
}

void
mail_skip(struct mail_reader *r, uint64_t n)
{
	r->at += n;
}

int
mail_next(struct mail_reader *r, struct str *bytes, struct fault *f)
{
	const struct mail *m = r->mail;
	int status;

	if (pieces_next(&r->header, bytes))
		return 0;
	if (m->fitted.body.count > 0)
		status = spans_next(&r->spans, &r->room, bytes, f);
	else
		status = store_read(&m->message.body, r->at, &r->room, bytes,
		    f);
	if (status == 0)
		r->at += bytes->n;
	return status;
}

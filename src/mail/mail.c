/* SPDX-License-Identifier: ISC */
/*
 * The one emitter: whatever counts, sends or keeps a mail reads it here, so
 * the bytes declared, sent and stored are the same by construction.
 */
#include <stdlib.h>

#include "mail/mail.h"

enum { MAIL_CHUNK = 128 * 1024 };

void
mail_init(struct mail *m)
{
	*m = (struct mail){ .look = NULL };
	envelope_init(&m->envelope);
	message_init(&m->message);
}

void
mail_free(struct mail *m)
{
	envelope_free(&m->envelope);
	message_free(&m->message);
	pieces_free(&m->header);
}

int
mail_keep_header(struct mail *m, struct fault *f)
{
	struct piece *piece = calloc(1, sizeof(*piece));

	if (piece == NULL)
		return fault(f, EX_OSERR, "message: out of memory");
	piece->text = buf_view(&m->message.header);
	m->header = (struct pieces){ .piece = piece, .count = 1, .room = 1 };
	m->message.header.n -= 2;
	m->kept = true;
	return 0;
}

uint64_t
mail_size(const struct mail *m)
{
	uint64_t size = store_size(&m->message.body);

	for (size_t i = 0; i < m->header.count; i++)
		size += m->header.piece[i].text.n;
	return size;
}

void
mail_start(struct mail_reader *r, const struct mail *m)
{
	*r = (struct mail_reader){ .mail = m };
	buf_init(&r->room, MAIL_CHUNK);
}

void
mail_stop(struct mail_reader *r)
{
	buf_free(&r->room);
}

int
mail_next(struct mail_reader *r, struct str *bytes, struct fault *f)
{
	const struct pieces *header = &r->mail->header;

	if (r->piece < header->count) {
		*bytes = header->piece[r->piece++].text;
		return 0;
	}
	if (store_read(&r->mail->message.body, r->at, &r->room, bytes, f) != 0)
		return -1;
	r->at += bytes->n;
	return 0;
}

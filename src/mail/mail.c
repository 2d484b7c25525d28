/* SPDX-License-Identifier: ISC */
/* A mail as a whole: how it comes into being, and how it goes. */
#include <stdlib.h>

#include "mail/fit.h"

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
	mail_unfit(m);
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

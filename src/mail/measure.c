/* SPDX-License-Identifier: ISC */
/* How long text gets when it is encoded, and whether it is UTF-8 (RFC 3629). */
#include "base/utf8.h"
#include "mail/measure.h"

enum { PORTION = 16 * 1024 };

/* A sequence of UTF-8 that may go on in the next portion. */
struct sequence {
	char		 octet[4];
	size_t		 n;
	bool		 wrong;
};

static void
follow(struct sequence *s, struct str text)
{
	uint32_t point;

	for (size_t i = 0; i < text.n && !s->wrong; i++) {
		if (s->n == 0 && (unsigned char)text.p[i] < 128)
			continue;
		s->octet[s->n++] = text.p[i];
		if (utf8_decode((struct str){ s->octet, s->n }, &point) > 0)
			s->n = 0;
		s->wrong = s->n == sizeof(s->octet);
	}
}

int
measure(struct measure *m, struct coding *coding, struct fault *f)
{
	bool choose = coding->code == ENCODER_BASE64;
	struct buf room, coded;
	struct sequence sequence = { .n = 0 };
	struct encoder encoder;
	uint64_t done = 0;
	int status = 0;

	encoder_start(&encoder, choose ? ENCODER_QP : coding->code);
	buf_init(&room, PORTION);
	buf_init(&coded, ENCODER_GROWTH(PORTION));
	coding->size = 0;
	while (done < m->n && status == 0) {
		struct str text;

		status = store_read(m->store, m->at + done, &room, &text, f);
		if (status != 0)
			break;
		if (text.n > PORTION)
			text.n = PORTION;
		if (text.n > m->n - done)
			text.n = (size_t)(m->n - done);
		done += text.n;
		follow(&sequence, text);
		buf_clear(&coded);
		if (encoder_take(&encoder, text, done == m->n, &coded) != 0)
			status = fault(f, EX_OSERR, "message: out of memory");
		coding->size += coded.n;
	}
	buf_free(&room);
	buf_free(&coded);
	m->utf8 = !sequence.wrong && sequence.n == 0;
	if (choose && encoder_base64_size(m->n) < coding->size)
		coding->size = encoder_base64_size(m->n);
	else if (choose)
		coding->code = ENCODER_QP;
	return status;
}

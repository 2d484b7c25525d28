/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a message, behind an octet that says what the relay takes.  What
 * leaves has only lines that it takes, and octets that it takes; its size is
 * the one declared, it is the same at every reading, and fits as it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/fit.h"
#include "mail/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { EIGHTBIT = 1, BINARY = 2, UTF8 = 4, OPEN = 8 };

static void
need(bool what)
{
	if (!what)
		abort();
}

/* The text as a mail, with nothing added to its header. */
static bool
compose(struct mail *m, struct str text)
{
	static const struct message_limits limits = { .dots = true };
	const struct identity id = { .gateway = true };
	struct intake in;
	struct fault f;

	mail_init(m);
	intake_start(&in, &m->message, &limits, &f);
	return intake_take(&in, text) == 0 && intake_end(&in) == 0 &&
	    rewrite_header(&m->header, &m->message, &id, &f) == 0;
}

static void
read_all(struct buf *b, const struct mail *m)
{
	struct mail_reader reader;
	struct str text;
	struct fault f;

	buf_init(b, SIZE_MAX / 2);
	mail_start(&reader, m);
	do {
		need(mail_next(&reader, &text, &f) == 0);
		need(buf_str(b, text) == 0);
	} while (text.n > 0);
	mail_stop(&reader);
	need(b->n == mail_size(m));
}

static void
check_lines(struct str s, const struct mail *m, const struct fit_for *what)
{
	enum mail_kind kind = mail_kind(m);
	struct str line;

	need(s.n >= 2 && memcmp(s.p + s.n - 2, "\r\n", 2) == 0);
	need(kind != MAIL_BINARY || what->binary);
	need(kind != MAIL_8BIT || what->eightbit || what->utf8 ||
	    what->binary);
	need(kind != MAIL_7BIT || !str_has_8bit(s));
	while (str_cut(&s, '\n', &line) && s.p != NULL) {
		need(line.n > 0 && memchr(line.p, '\r', line.n) ==
		    line.p + line.n - 1);
		need(memchr(line.p, '\0', line.n) == NULL);
		need(kind == MAIL_BINARY || line.n <= MESSAGE_LINE_MAX + 1);
	}
}

/* Nothing is left to be done. */
static void
check_again(struct str text, const struct mail *before,
    const struct fit_for *what)
{
	struct mail m;
	struct fault f;

	need(compose(&m, text));
	m.open = before->open;
	need(mail_fit(&m, what, &f) == 0);
	need(mail_kind(&m) <= mail_kind(before));
	need(m.fitted.body.count == 0 || what->binary);
	mail_free(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned options = size == 0 ? 0 : data[0];
	const struct fit_for what = { .eightbit = (options & EIGHTBIT) != 0,
	    .binary = (options & BINARY) != 0,
	    .utf8 = (options & UTF8) != 0 && (options & EIGHTBIT) != 0 };
	struct buf once, again;
	struct fault f = { 0 };
	struct mail m;

	if (size == 0)
		return 0;
	if (compose(&m, (struct str){ (const char *)data + 1, size - 1 })) {
		m.open = (options & OPEN) != 0;
		if (mail_fit(&m, &what, &f) != 0) {
			need(f.code == EX_DATAERR && f.text[0] != '\0');
			need(m.fitted.body.count == 0);
		}
	}
	if (f.code == 0 && m.header.count > 0) {
		read_all(&once, &m);
		read_all(&again, &m);
		need(str_eq(buf_view(&once), buf_view(&again)));
		check_lines(buf_view(&once), &m, &what);
		check_again(buf_view(&once), &m, &what);
		buf_free(&once);
		buf_free(&again);
	}
	mail_free(&m);
	return 0;
}

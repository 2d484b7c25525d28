/* SPDX-License-Identifier: ISC */
/* Changes what a header says of its body, and nothing else (RFC 2045). */
#include "mail/header.h"
#include "mail/relabel.h"

enum { MADE_MAX = 512 };

static int
put_encoding(struct pieces *out, const char *encoding, struct fault *f)
{
	struct buf made;

	buf_init(&made, MADE_MAX);
	(void)buf_fmt(&made, "Content-Transfer-Encoding: %s\r\n", encoding);
	return pieces_made(out, &made, f);
}

static int
put_missing(struct pieces *out, const struct relabel *r, struct fault *f)
{
	struct buf made;

	buf_init(&made, MADE_MAX);
	if (r->version)
		(void)buf_puts(&made, "MIME-Version: 1.0\r\n");
	if (r->charset != NULL)
		(void)buf_fmt(&made, "Content-Type: text/plain; charset=%s\r\n",
		    r->charset);
	return pieces_made(out, &made, f);
}

int
relabel_header(struct pieces *out, struct str header, const struct relabel *r,
    struct fault *f)
{
	bool placed = r->encoding == NULL;
	struct field field;

	while (header_next(&header, &field)) {
		int status = 0;

		if (r->encoding == NULL ||
		    !header_is(&field, "Content-Transfer-Encoding"))
			status = pieces_add(out, field.raw, f);
		else if (!placed)
			status = put_encoding(out, r->encoding, f);
		placed |= header_is(&field, "Content-Transfer-Encoding");
		if (status != 0)
			return -1;
	}
	if (put_missing(out, r, f) != 0)
		return -1;
	return placed ? 0 : put_encoding(out, r->encoding, f);
}

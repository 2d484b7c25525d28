/* SPDX-License-Identifier: ISC */
/*
 * Lines "qp|base64|mend-qp|mend-base64 TEXT", with \r \n \t \xNN in the text:
 * what becomes of it, which must be the same however it is cut into pieces.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/encoder.h"

static void
unescape(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\\' && i + 1 < s.n) {
			c = s.p[++i];
			c = c == 'r' ? '\r' : c == 'n' ? '\n' :
			    c == 't' ? '\t' : c;
			if (c == 'x' && s.n - i > 2) {
				const char digits[] = { s.p[i + 1], s.p[i + 2],
				    '\0' };

				c = (char)strtoul(digits, NULL, 16);
				i += 2;
			}
		}
		(void)buf_char(b, c);
	}
}

static void
encode(struct buf *out, enum encoder_code code, struct str text, size_t piece)
{
	struct encoder e;

	encoder_start(&e, code);
	do {
		struct str s = { text.p, piece < text.n ? piece : text.n };

		if (s.n > 0)
			text.p += s.n;
		text.n -= s.n;
		if (encoder_take(&e, s, text.n == 0, out) != 0)
			abort();
	} while (text.n > 0);
}

static void
show(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\r')
			(void)printf("\\r");
		else if (s.p[i] == '\n')
			(void)printf("\\n\n");
		else if (s.p[i] == '\t')
			(void)printf("\\t");
		else
			(void)putchar(s.p[i]);
	(void)putchar('\n');
}

static void
take(enum encoder_code code, struct str text)
{
	struct buf whole, cut;

	buf_init(&whole, 1 << 20);
	buf_init(&cut, 1 << 20);
	encode(&whole, code, text, SIZE_MAX);
	show(buf_view(&whole));
	for (size_t piece = 1; piece < 9; piece++) {
		buf_clear(&cut);
		encode(&cut, code, text, piece);
		if (!str_eq(buf_view(&whole), buf_view(&cut)))
			(void)printf("!! in pieces of %zu\n", piece);
	}
	if (code == ENCODER_BASE64 && encoder_base64_size(text.n) != whole.n)
		(void)printf("!! size\n");
	buf_free(&whole);
	buf_free(&cut);
}

int
main(void)
{
	static const char *const names[] = { "", "qp", "base64", "mend-qp",
	    "mend-base64" };
	char line[8192];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct str text = str_of(line), name;
		struct buf b;

		text.n--;
		(void)str_cut(&text, ' ', &name);
		buf_init(&b, sizeof(line));
		unescape(&b, text);
		(void)printf("> %s", line);
		for (int i = 1; i < 5; i++)
			if (str_eq(name, str_of(names[i])))
				take((enum encoder_code)i, buf_view(&b));
		buf_free(&b);
	}
	return 0;
}

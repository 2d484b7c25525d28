/* SPDX-License-Identifier: ISC */
/* Reads strings in vis(3) form and prints each with its prepared form. */
#include "smtp/saslprep.h"
#include "lines.h"

int
main(void)
{
	char *line, text[1024];
	struct fault f = { 0 };
	struct buf out;

	buf_init(&out, 1024);
	while ((line = lines_next()) != NULL) {
		if (line[0] == '#')
			continue;
		buf_clear(&out);
		if (saslprep(&out, lines_decode(line), &f) == -1)
			printf("    (%d) %s\n", f.code, f.text);
		else {
			str_escape(text, sizeof(text), buf_view(&out));
			printf("    \"%s\"\n", text);
		}
	}
	buf_free(&out);
	return 0;
}

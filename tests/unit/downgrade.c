/* SPDX-License-Identifier: ISC */
/*
 * Reads headers, each behind a line "= OPTION ...", in vis(3) form, "{N}c" is
 * N times c, and prints them as they may leave.  The result is checked, too:
 * it fits, and fitting it again changes nothing.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/downgrade.h"
#include "lines.h"

enum { MAX = 1024 * 1024 };

static void
print(struct str s)
{
	struct str line;

	while (str_cut(&s, '\n', &line)) {
		if (s.p == NULL)
			break;
		if (line.n > 998 + 1 || line.n < 1 ||
		    line.p[line.n - 1] != '\r')
			errx(1, "a line of %zu octets", line.n);
		fputs("    ", stdout);
		for (size_t i = 0; i < line.n - 1; i++) {
			unsigned char c = (unsigned char)line.p[i];
			size_t same = i;

			while (same < line.n && (unsigned char)line.p[same] == c)
				same++;
			if (same - i > 8) {
				printf("{%zu}", same - i);
				i = same - 1;
			}
			printf(c < ' ' || c > '~' ? "\\%03o" : "%c", c);
		}
		putchar('\n');
	}
}

static void
fit(struct str header, const struct header_rules *rules, const char *again)
{
	struct fault f = { 0 };
	struct buf flat;
	bool changed;

	buf_init_large(&flat, HEADER_GROWTH(header.n));
	if (header_fit(&flat, header, rules, &changed, &f) != 0) {
		printf("    (%d) %s\n", f.code, f.text);
		buf_free(&flat);
		return;
	}
	if (again != NULL && changed)
		errx(1, "%s: changed again", again);
	if (changed != (flat.n != header.n ||
	    memcmp(flat.p, header.p, flat.n) != 0))
		errx(1, "changed: %d", changed);
	if (rules->utf8 ? !utf8_valid(buf_view(&flat)) :
	    str_has_8bit(buf_view(&flat)))
		errx(1, "it has other octets");
	if (again == NULL) {
		if (!changed)
			puts("    (as it was)");
		else
			print(buf_view(&flat));
		fit(buf_view(&flat), rules, "idempotence");
	}
	buf_free(&flat);
}

static void
add(struct buf *b, const char *line)
{
	char c;

	for (const char *p = line; *p != '\0'; p++) {
		unsigned long n = 1;
		char *end;

		if (*p == '{' && p[1] >= '0' && p[1] <= '9') {
			n = strtoul(p + 1, &end, 10);
			p = end + 1;
		}
		c = *p;
		while (n-- > 0)
			(void)buf_char(b, c);
	}
	(void)buf_puts(b, "\r\n");
}

int
main(void)
{
	struct header_rules rules = { 0 };
	struct buf header;
	char *line;

	buf_init(&header, MAX);
	for (;;) {
		line = lines_read();
		if ((line == NULL || line[0] == '=') && header.n > 0) {
			if (header_needs_utf8(buf_view(&header)))
				puts("    (an address needs SMTPUTF8)");
			fit(buf_view(&header), &rules, NULL);
			buf_clear(&header);
		}
		if (line == NULL)
			break;
		puts(line);
		if (line[0] == '=') {
			rules.utf8 = strstr(line, "utf8") != NULL;
			rules.sealed = strstr(line, "sealed") != NULL;
		} else if (line[0] != '#') {
			(void)lines_decode(line);
			add(&header, line);
		}
	}
	buf_free(&header);
	return 0;
}

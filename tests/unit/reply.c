/* SPDX-License-Identifier: ISC */
/*
 * Reads reply lines in vis(3) form from stdin, an empty line ends a reply, and
 * prints what the parser makes of them.  "*N LINE" stands for N lines, "<N"
 * sets the size of the buffer for the formatted reply.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smtp/reply.h"
#include "lines.h"

static const char *const verdicts[] = { "refused", "complete", "goes on" };

static void
feed(struct reply *r, char *line)
{
	unsigned long times = 1;
	struct fault f = { 0 };
	struct str text;
	int verdict = 0;

	if (*line == '*')
		times = strtoul(line + 1, &line, 10), line++;
	text = lines_decode(line);
	while (times-- > 0 && verdict >= 0)
		verdict = reply_line(r, text, &f);
	printf("  %s%s%s\n", verdicts[verdict + 1], verdict < 0 ? ": " : "",
	    f.text);
	if (verdict < 0 && f.code != EX_PROTOCOL)
		errx(1, "code %d", f.code);
}

static void
finish(struct reply *r, size_t size)
{
	char text[1024];

	if (r->lines > 0) {
		reply_format(r, text, size);
		printf("%d, dsn %s, %s, %u lines, %zu octets\n%s\n", r->code,
		    r->dsn[0] == '\0' ? "-" : r->dsn, reply_dsn(r), r->lines,
		    r->text.n, text);
	}
	reply_clear(r);
	putchar('\n');
}

int
main(void)
{
	size_t size = 200;
	struct reply r;
	char *line;

	reply_init(&r);
	while ((line = lines_read()) != NULL) {
		if (line[0] == '#')
			printf("%s\n", line);
		else if (line[0] == '<')
			size = strtoul(line + 1, NULL, 10);
		else if (line[0] == '\0')
			finish(&r, size);
		else
			feed(&r, line);
	}
	finish(&r, size);
	reply_free(&r);
	return 0;
}

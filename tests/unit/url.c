/* SPDX-License-Identifier: ISC */
/* Reads relay URLs in vis(3) form, one a line, and prints their parts. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/url.h"
#include "lines.h"

static const char *const channels[] = { "never", "offered", "starttls",
	"implicit" };

static const char *const kinds[] = { "", "mx ", "srv ", "direct " };

static void
parse(const char *url)
{
	struct relay r = { 0 };
	struct fault f = { 0 };

	if (url_parse(&r, url, &f) == -1) {
		if (f.code != EX_CONFIG || r.url != NULL || r.host != NULL ||
		    r.path != NULL)
			errx(1, "%s: not left alone, code %d", url, f.code);
		printf("  refused: %s\n", f.text);
	} else if (strcmp(r.url, url) != 0) {
		errx(1, "%s: kept as %s", url, r.url);
	} else if (r.kind == RELAY_MAILDIR) {
		printf("  maildir {%s}\n", r.path);
	} else {
		printf("  %s%s{%s} port %u, TLS %s\n", kinds[r.kind],
		    r.lmtp ? "lmtp " : "", r.host, r.port,
		    channels[r.tls]);
	}
	free(r.url);
	free(r.host);
	free(r.path);
}

int
main(void)
{
	char *line;

	while ((line = lines_next()) != NULL)
		parse(lines_decode(line).p);
	return 0;
}

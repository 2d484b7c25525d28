/* SPDX-License-Identifier: ISC */
/*
 * The octets of the message on their way out: with dots doubled for DATA (RFC
 * 5321 section 4.5.2), as they are for BDAT (RFC 3030).
 */
#include <string.h>

#include "base/clock.h"
#include "smtp/command.h"
#include "smtp/content.h"
#include "smtp/progress.h"

/* Queues text with a dot doubled at the start of a line. */
static int
put_stuffed(struct stream *stream, struct str text, bool *line_start,
    struct fault *f)
{
	while (text.n > 0) {
		struct str run = text;
		const char *dot;

		if (*line_start && text.p[0] == '.' &&
		    stream_put(stream, STR("."), f) != 0)
			return -1;
		dot = memmem(text.p, text.n, "\n.", 2);
		*line_start = dot != NULL || text.p[text.n - 1] == '\n';
		if (dot != NULL)
			run.n = (size_t)(dot + 1 - text.p);
		if (stream_put(stream, run, f) != 0)
			return -1;
		text.p += run.n;
		text.n -= run.n;
	}
	return 0;
}

int
content_put(struct session *s, const struct mail *m, bool stuffed,
    struct fault *f)
{
	struct mail_reader reader;
	struct progress progress;
	bool line_start = true;
	struct str text;
	int status;

	command_trace(s, "->", STR("(message)"));
	mail_start(&reader, m);
	progress_start(&progress, s->trace, mail_size(m));
	do {
		stream_deadline(s->stream,
		    clock_deadline(s->relay->timeout.block, s->limit));
		status = mail_next(&reader, &text, f);
		if (status != 0 || text.n == 0)
			break;
		/* Bytes known to hold no such dot are not looked at again. */
		if (!stuffed || (reader.at > 0 && !mail_has_dots(m)))
			status = stream_put(s->stream, text, f);
		else
			status = put_stuffed(s->stream, text, &line_start, f);
		progress_add(&progress, text.n);
	} while (status == 0);
	progress_end(&progress);
	mail_stop(&reader);
	return status;
}

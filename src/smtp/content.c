/* SPDX-License-Identifier: ISC */
/*
 * The octets of the message on their way out: with dots doubled for DATA (RFC
 * 5321 section 4.5.2), as they are for BDAT (RFC 3030).
 */
#include "base/clock.h"
#include "mail/scan.h"
#include "smtp/command.h"
#include "smtp/content.h"
#include "smtp/progress.h"

enum { BLOCK = 256 * 1024 };

/* A message on its way out. */
struct content {
	struct session	*s;
	struct mail_reader reader;
	bool		 stuffed, dots;	/* dots to be doubled; there may be */
	bool		 line_start;
	bool		 direct;	/* from file to socket, if possible */
};

/* Queues text with a dot doubled at the start of a line. */
static int
put_stuffed(struct stream *stream, struct str text, bool *line_start,
    struct fault *f)
{
	while (text.n > 0) {
		struct str run = text;

		if (*line_start && text.p[0] == '.' &&
		    stream_put(stream, STR("."), f) != 0)
			return -1;
		run.n = scan_to_dot(text);
		*line_start = run.p[run.n - 1] == '\n';
		if (stream_put(stream, run, f) != 0)
			return -1;
		text.p += run.n;
		text.n -= run.n;
	}
	return 0;
}

/* Queues what comes next; *n octets of the mail, none at its end. */
static int
put_text(struct content *c, uint64_t *n, struct fault *f)
{
	struct stream *stream = c->s->stream;
	struct str text;
	int status = mail_next(&c->reader, &text, f);

	*n = text.n;
	if (status != 0)
		return -1;
	/* Bytes known to hold no such dot are not looked at again. */
	if (!c->stuffed || (c->reader.at > 0 && !c->dots))
		return stream_put(stream, text, f);
	return put_stuffed(stream, text, &c->line_start, f);
}

/* The same, past this process where that can be. */
static int
put_next(struct content *c, uint64_t *n, struct fault *f)
{
	struct extent e;
	int status;

	mail_extent(&c->reader, BLOCK, &e);
	if (!c->direct || e.n == 0)
		return put_text(c, n, f);
	*n = e.n;
	status = stream_put_file(c->s->stream, &e, f);
	*n -= e.n;
	mail_skip(&c->reader, *n);
	c->direct = e.n == 0;
	return status != 0 || *n > 0 ? status : put_text(c, n, f);
}

int
content_put(struct session *s, const struct mail *m, bool stuffed,
    struct fault *f)
{
	struct content c = { .s = s, .stuffed = stuffed, .line_start = true,
	    .dots = mail_has_dots(m) };
	struct progress progress;
	uint64_t n;
	int status;

	c.direct = !stuffed || !c.dots;
	command_trace(s, "->", STR("(message)"));
	mail_start(&c.reader, m);
	progress_start(&progress, s->trace, mail_size(m));
	do {
		stream_deadline(s->stream,
		    clock_deadline(s->relay->timeout.block, s->limit));
		status = put_next(&c, &n, f);
		progress_add(&progress, n);
	} while (status == 0 && n > 0);
	progress_end(&progress);
	mail_stop(&c.reader);
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * Intake: whatever bytes a program pipes in become a header and a body in
 * canonical form (RFC 5321 section 2.3.8, RFC 5322 section 2.1).  Every fact
 * that later decisions need is noted in this one pass.  Knows nothing of what
 * the fields mean, and not where the bytes come from.
 */
#include <inttypes.h>
#include <string.h>

#include "mail/header.h"
#include "mail/intake.h"
#include "mail/scan.h"

/* Of what is undecided all can be taken off the header again. */
enum { UNDECIDED_MAX = BUF_LOOSE / 2 };

static int
header_add(struct intake *in, struct str s)
{
	if (s.n > in->m->header.max - in->m->header.n)
		return fault(in->fault, EX_DATAERR,
		    "message: header: longer than %d octets",
		    MESSAGE_HEADER_MAX);
	return buf_str(&in->m->header, s) == 0 ? 0 :
	    fault(in->fault, EX_OSERR, "message: out of memory");
}

/* What follows is body. */
static void
end_header(struct intake *in)
{
	in->in_body = true;
	buf_settle(&in->m->header);
}

/* The line of the header that is being read. */
static struct str
header_line(const struct intake *in)
{
	const struct buf *header = &in->m->header;

	if (header->n == in->line_start)
		return (struct str){ NULL, 0 };
	return (struct str){ header->p + in->line_start,
	    header->n - in->line_start };
}

static int
body_add(struct intake *in, struct str s)
{
	return store_add(&in->m->body, s, in->fault);
}

/* Writes out a lone dot that turned out not to be the end. */
static int
body_release_dots(struct intake *in, bool line_goes_on)
{
	if (in->lone_dot) {
		in->lone_dot = false;
		in->m->body_dots = true;
		if (body_add(in, STR(".\r\n")) != 0)
			return -1;
	}
	if (in->dot && line_goes_on) {
		in->dot = false;
		return body_add(in, STR("."));
	}
	return 0;
}

static int
body_text(struct intake *in, struct str s)
{
	if (s.n == 0)
		return 0;
	if (in->column == 0 && s.p[0] == '.') {
		in->m->body_dots = true;
		if (s.n == 1 && !in->limits->dots) {
			in->dot = true;
			in->column = 1;
			return 0;
		}
	}
	if (body_release_dots(in, true) != 0)
		return -1;
	in->column += s.n;
	return body_add(in, s);
}

static int
body_end_line(struct intake *in)
{
	if (body_release_dots(in, false) != 0)
		return -1;
	if (in->dot) {
		in->dot = false;
		in->lone_dot = true;
		in->ended = in->terminal;
		return 0;
	}
	return body_add(in, STR("\r\n"));
}

/* "From " that starts a message in an mbox; "From : x" is a field. */
static bool
mbox_line(struct str line)
{
	return header_name_length(line) == 0 &&
	    (str_istarts(line, STR("From ")) ||
	    str_istarts(line, STR(">From ")));
}

/* True when the line, complete or not, can only be header. */
static bool
belongs_to_header(const struct intake *in, struct str line)
{
	if (in->line_start > 0 && line.n > 0 &&
	    (line.p[0] == ' ' || line.p[0] == '\t'))
		return true;
	return header_name_length(line) > 0;
}

/*
 * The line in m->header from line_start on is body: moves it there.  It may
 * not be complete yet.
 */
static int
leave_header(struct intake *in)
{
	char line[UNDECIDED_MAX];
	struct buf *header = &in->m->header;
	size_t n = header->n - in->line_start;

	memcpy(line, header->p + in->line_start, n);
	header->n = in->line_start;
	in->column = 0;
	end_header(in);
	return body_text(in, (struct str){ line, n });
}

static int
header_text(struct intake *in, struct str s)
{
	while (s.n > 0 && !in->in_body) {
		struct str line;
		size_t n = s.n;

		/* Past this length only what is a field may grow on here. */
		if (in->column < UNDECIDED_MAX &&
		    n > UNDECIDED_MAX - in->column)
			n = UNDECIDED_MAX - in->column;
		if (header_add(in, (struct str){ s.p, n }) != 0)
			return -1;
		s.p += n;
		s.n -= n;
		in->column += n;
		line = header_line(in);
		if (in->column == UNDECIDED_MAX &&
		    !belongs_to_header(in, line) && leave_header(in) != 0)
			return -1;
	}
	return body_text(in, s);
}

static int
header_end_line(struct intake *in)
{
	struct buf *header = &in->m->header;
	struct str line = header_line(in);

	if (in->line_start == 0 && mbox_line(line)) {
		header->n = in->line_start;
		in->high = false;
		return 0;
	}
	if (line.n == 0) {
		end_header(in);
		return 0;
	}
	if (belongs_to_header(in, line)) {
		if (header_add(in, STR("\r\n")) != 0)
			return -1;
		in->line_start = header->n;
		return 0;
	}
	if (leave_header(in) != 0)
		return -1;
	return body_end_line(in);
}

static int
text(struct intake *in, struct str s)
{
	return in->in_body ? body_text(in, s) : header_text(in, s);
}

static int
end_line(struct intake *in)
{
	const bool too_long = in->column > MESSAGE_LINE_MAX;
	struct message *m = in->m;
	int status;

	m->lines++;
	if (too_long && m->long_line == 0) {
		m->long_line = m->lines;
		m->long_length = in->column;
	}
	in->cr = false;
	status = in->in_body ? body_end_line(in) : header_end_line(in);
	if (in->high)
		*(in->in_body ? &m->body_8bit : &m->header_8bit) = true;
	if (too_long)
		*(in->in_body ? &m->body_long : &m->header_long) = true;
	in->high = false;
	in->column = 0;
	return status;
}

/*
 * Takes whole lines of the body that have nothing special about them, as most
 * have, in one go.  Sets *n to their octets; what it leaves is take()'s.
 */
static int
take_lines(struct intake *in, struct str s, size_t *n)
{
	struct message *m = in->m;
	struct scanned lines;
	size_t size;
	char *room;

	*n = 0;
	if (!in->in_body || in->column > 0 || in->cr || in->lone_dot)
		return 0;
	do {
		room = store_room(&m->body, SCAN_ROOM, &size, in->fault);
		if (room == NULL)
			return -1;
		lines = scan_lines((struct str){ s.p + *n, s.n - *n }, room,
		    size);
		store_took(&m->body, lines.made);
		m->body_8bit |= lines.high;
		m->lines += lines.lines;
		*n += lines.taken;
	} while (lines.made + SCAN_ROOM > size);
	return 0;
}

/* Runs of text, and the octets between them. */
static int
take(struct intake *in, struct str s)
{
	while (s.n > 0 && !in->ended) {
		size_t n;

		if (take_lines(in, s, &n) != 0)
			return -1;
		s.p += n;
		s.n -= n;
		if (s.n == 0)
			break;
		n = 0;
		if (s.p[0] == '\n') {
			if (end_line(in) != 0)
				return -1;
			n = 1;
		} else if (s.p[0] == '\r') {
			in->cr = true;
			n = 1;
		} else if (in->cr) {
			/* Those CRs ended no line. */
			in->cr = false;
			if (text(in, STR(" ")) != 0)
				return -1;
		} else if (s.p[0] == '\0') {
			if (text(in, STR(" ")) != 0)
				return -1;
			n = 1;
		} else {
			n = scan_text(s, &in->high);
			if (text(in, (struct str){ s.p, n }) != 0)
				return -1;
		}
		s.p += n;
		s.n -= n;
	}
	return 0;
}

void
intake_start(struct intake *in, struct message *m,
    const struct message_limits *limits, struct fault *f)
{
	*in = (struct intake){ .m = m, .limits = limits, .fault = f };
}

int
intake_take(struct intake *in, struct str s)
{
	uint64_t limit = in->limits->size;

	in->octets += s.n;
	if (limit > 0 && in->octets > limit)
		return fault(in->fault, EX_DATAERR, "message: larger than %"
		    PRIu64 " octets (max-message-size)", limit);
	return take(in, s);
}

int
intake_end(struct intake *in)
{
	in->cr = false;
	/* A held lone dot was the end mark, as CUPS and people write it. */
	return in->column > 0 ? end_line(in) : 0;
}

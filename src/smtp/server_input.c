/* SPDX-License-Identifier: ISC */
/*
 * The bytes of a dialogue on standard input and output: lines, message text,
 * chunks.  Answers are kept back until the client has no more to say for now,
 * so that a pipelined group is answered in one write (RFC 2920 section 3.2).
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "smtp/server_input.h"

enum { READ_SIZE = 64 * 1024, IDLE_MS = 300 * 1000 };

int
input_flush(struct server *s, struct fault *f)
{
	size_t done = 0;

	while (done < s->output.n) {
		ssize_t n = write(s->out, s->output.p + done,
		    s->output.n - done);

		if (n < 0 && io_again(s->out, POLLOUT))
			continue;
		if (n < 0)
			return fault_errno(f, EX_IOERR, errno,
			    "standard output");
		done += (size_t)n;
	}
	buf_clear(&s->output);
	return 0;
}

/* A client over the network may not stay silent for ever; a program may. */
static int
await_socket(struct server *s, struct fault *f)
{
	struct pollfd p = { .fd = s->in, .events = POLLIN };

	if (!s->socket || poll(&p, 1, IDLE_MS) != 0)
		return 0;
	(void)buf_fmt(&s->output, "421 4.4.2 %s timed out\r\n", s->hostname);
	(void)input_flush(s, f);
	return fault(f, EX_NOINPUT, "standard input: the client is silent");
}

/* Unread octets; reads more when there are none.  Empty at the end. */
static int
input_more(struct server *s, struct str *unread, struct fault *f)
{
	ssize_t n = 0;
	char *p;

	if (s->at < s->input.n) {
		*unread = (struct str){ s->input.p + s->at,
		    s->input.n - s->at };
		return 0;
	}
	buf_clear(&s->input);
	s->at = 0;
	if (input_flush(s, f) != 0 || await_socket(s, f) != 0)
		return -1;
	p = buf_room(&s->input, READ_SIZE);
	if (p == NULL)
		return fault(f, EX_OSERR, "standard input: out of memory");
	do
		n = read(s->in, p, READ_SIZE);
	while (n < 0 && io_again(s->in, POLLIN));
	if (n < 0)
		return fault_errno(f, EX_IOERR, errno, "standard input");
	s->input.n = (size_t)n;
	*unread = buf_view(&s->input);
	return 0;
}

/* One line, with its line end, as much of it as may be.  0 at the end. */
static int
read_line(struct server *s, struct fault *f)
{
	const char *lf = NULL;
	struct str unread;

	buf_clear(&s->line);
	while (lf == NULL) {
		size_t n;

		if (input_more(s, &unread, f) != 0)
			return -1;
		if (unread.n == 0)
			return 0;
		lf = memchr(unread.p, '\n', unread.n);
		n = lf == NULL ? unread.n : (size_t)(lf - unread.p) + 1;
		(void)buf_add(&s->line, unread.p, n);
		s->at += n;
	}
	return 1;
}

int
input_line(struct server *s, struct str *line, struct fault *f)
{
	int status;

	while ((status = read_line(s, f)) > 0) {
		*line = str_trim(buf_view(&s->line));
		if (!s->line.failed &&
		    (line->n == 0 || memchr(line->p, '\0', line->n) == NULL))
			break;
		(void)buf_puts(&s->output,
		    "500 5.5.2 line too long, or NUL in it\r\n");
	}
	return status;
}

/* Passes text on; a failure is kept for the message's end. */
static void
take(struct server *s, struct str text)
{
	if (s->message != NULL && s->refused.code == 0)
		(void)intake_take(&s->intake, text);
}

static int
ended(struct fault *f)
{
	return fault(f, EX_NOINPUT,
	    "standard input: ended in the middle of a message");
}

/*
 * What stands before the next octet, as far as it matters: how much of
 * CR LF . CR LF has been seen.
 */
enum progress { TEXT, CR, LINE, DOT, DOT_CR, END };

/* One octet in the places where it may be part of the end mark. */
static enum progress
step(struct server *s, enum progress at, char c)
{
	if (at == LINE && c == '.')
		return DOT;
	if (at == DOT && c == '\r')
		return DOT_CR;
	if (at == DOT_CR && c == '\n')
		return END;
	/* That dot was doubled, or should have been: it goes. */
	if (at == DOT_CR)
		take(s, STR("\r"));
	if (at == DOT && c == '\n')
		take(s, STR("."));
	take(s, (struct str){ &c, 1 });
	if (c == '\r')
		return CR;
	return c == '\n' && at == CR ? LINE : TEXT;
}

int
input_data(struct server *s, struct fault *f)
{
	enum progress at = LINE;
	struct str unread;

	while (at != END) {
		const char *cr;
		size_t n = 1;

		if (input_more(s, &unread, f) != 0)
			return -1;
		if (unread.n == 0)
			return ended(f);
		if (at != TEXT) {
			at = step(s, at, unread.p[0]);
			s->at++;
			continue;
		}
		cr = memchr(unread.p, '\r', unread.n);
		n = cr == NULL ? unread.n : (size_t)(cr - unread.p);
		take(s, (struct str){ unread.p, n });
		s->at += n;
		if (cr != NULL) {
			at = step(s, TEXT, '\r');
			s->at++;
		}
	}
	return 0;
}

int
input_chunk(struct server *s, uint64_t n, struct fault *f)
{
	struct str unread;

	while (n > 0) {
		if (input_more(s, &unread, f) != 0)
			return -1;
		if (unread.n == 0)
			return ended(f);
		if (unread.n > n)
			unread.n = (size_t)n;
		take(s, unread);
		s->at += unread.n;
		n -= unread.n;
	}
	return 0;
}

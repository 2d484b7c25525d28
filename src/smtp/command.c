/* SPDX-License-Identifier: ISC */
/*
 * Commands out, replies in: RFC 5321 section 4.  Every byte that is not
 * message text leaves through put() and comes in through command_reply().
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "mail/scan.h"
#include "smtp/command.h"

/* Apart, because the text is large and most calls are for nothing. */
__attribute__((noinline)) static void
show(const char *arrow, struct str line)
{
	char text[REPLY_LINE_MAX * 4 + 8];

	str_escape(text, sizeof(text), line);
	(void)fprintf(stderr, "%s %s\n", arrow, text);
}

void
command_trace(const struct session *s, const char *arrow, struct str line)
{
	if (s->trace)
		show(arrow, line);
}

/* Queues a line that has been checked for length. */
static int
put(struct session *s, struct str line, struct fault *f)
{
	bool high;

	if (scan_text(line, &high) < line.n)
		return fault(f, EX_DATAERR, "line break or NUL in a command "
		    "(RFC 5321 section 2.3.8)");
	if (s->waiting == 0 && stream_pending(s->stream)) {
		s->lost = true;
		return fault(f, EX_PROTOCOL, "the relay spoke out of turn");
	}
	s->waiting++;
	if (stream_put(s->stream, line, f) == 0 &&
	    stream_put(s->stream, STR("\r\n"), f) == 0)
		return 0;
	s->lost = true;
	return -1;
}

static int
too_long(struct fault *f)
{
	return fault(f, EX_DATAERR, "command longer than %d octets "
	    "(RFC 5321 section 4.5.3.1.4)", COMMAND_MAX);
}

int
command_put(struct session *s, struct fault *f, const char *fmt, ...)
{
	char line[COMMAND_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* CRLF counts too. */
	if (n < 0 || n > COMMAND_MAX - 2)
		return too_long(f);
	command_trace(s, "->", (struct str){ line, (size_t)n });
	return put(s, (struct str){ line, (size_t)n }, f);
}

int
command_put_path(struct session *s, const char *verb, const char *path,
    struct str parameters, struct fault *f)
{
	const struct str part[] = { str_of(verb), STR(":<"), str_of(path),
	    STR(">"), parameters };
	char line[COMMAND_MAX - 2];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		if (part[i].n > sizeof(line) - n)
			return too_long(f);
		if (part[i].n > 0)
			memcpy(line + n, part[i].p, part[i].n);
		n += part[i].n;
	}
	command_trace(s, "->", (struct str){ line, n });
	return put(s, (struct str){ line, n }, f);
}

int
command_put_secret(struct session *s, struct str line, const char *shown,
    struct fault *f)
{
	char text[64];

	if (line.n > COMMAND_AUTH_MAX - 2)
		return fault(f, EX_NOPERM, "AUTH: line longer than %d octets "
		    "(RFC 4954 section 4)", COMMAND_AUTH_MAX);
	(void)snprintf(text, sizeof(text), "%s****", shown);
	command_trace(s, "->", str_of(text));
	return put(s, line, f);
}

int
command_read(struct session *s, const char *stage, struct fault *f)
{
	struct str line;
	int more;

	reply_clear(&s->reply);
	do {
		if (stream_line(s->stream, REPLY_LINE_MAX, &line, f) != 0)
			return command_abort(s, stage, f);
		command_trace(s, "<-", line);
		more = reply_line(&s->reply, line, f);
	} while (more > 0);
	if (more < 0)
		return command_abort(s, stage, f);
	if (s->waiting > 0)
		s->waiting--;
	/* 421 may answer any command: the server is closing (RFC 5321 3.8). */
	if (s->reply.code == 421)
		s->lost = true;
	return 0;
}

int
command_reply(struct session *s, const char *stage, int64_t timeout,
    struct fault *f)
{
	stream_deadline(s->stream, clock_deadline(timeout, s->limit));
	if (stream_flush(s->stream, f) != 0)
		return command_abort(s, stage, f);
	return command_read(s, stage, f);
}

int
command_abort(struct session *s, const char *stage, struct fault *f)
{
	s->lost = true;
	return fault(f, f->code, "%s: %s", stage, f->text);
}

int
command_ask(struct session *s, const char *command, const char *argument,
    struct fault *f)
{
	if (command_put(s, f, "%s%s%s", command, argument[0] == '\0' ? "" : " ",
	    argument) != 0)
		return -1;
	return command_reply(s, command, s->relay->timeout.command, f);
}

int
command_refused(struct session *s, const char *stage, int code,
    struct fault *f)
{
	char text[FAULT_TEXT];

	if (s->reply.code < 400) {
		s->lost = true;
		code = EX_PROTOCOL;
	}

	reply_format(&s->reply, text, sizeof(text));
	return fault(f, code, "%s: %s", stage, text);
}

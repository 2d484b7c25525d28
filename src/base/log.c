/* SPDX-License-Identifier: ISC */
/*
 * The log: a record for the administrator, never a reason to fail.  syslog(3)
 * is not used because it waits for ever for a log daemon that hangs.  Its
 * protocol is RFC 3164's.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"

enum {
	LOG_TEXT = 2048,
	LOG_JSON = 64 * 1024,
	LOG_NAME_SIZE = 32,
	PATIENCE_MS = 1000, STEP_MS = 10
};

static enum log_where destination = LOG_TO_NOWHERE;
static char name[LOG_NAME_SIZE];
static int daemon_fd = -1;

/* The name is the caller's to choose: it must not look like anything else. */
static void
take_name(struct str s)
{
	size_t n = 0;

	for (; n < s.n && n + 1 < sizeof(name); n++)
		name[n] = isascii((unsigned char)s.p[n]) &&
		    (isalnum((unsigned char)s.p[n]) ||
		    strchr("-_./", s.p[n]) != NULL) ? s.p[n] : '_';
	name[n] = '\0';
}

static const struct sockaddr_un log_socket = { AF_UNIX, "/dev/log" };

static bool
reach_daemon(void)
{
	/* Many containers have none, and to ask costs less than a socket. */
	if (access(log_socket.sun_path, F_OK) == 0)
		daemon_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
	return daemon_fd >= 0;
}

void
log_open(enum log_where where, const char *program)
{
	take_name(program[0] == '\0' ? STR("sendlet") : str_of(program));
	if (where == LOG_TO_AUTO)
		where = LOG_TO_SYSLOG;
	if (where == LOG_TO_SYSLOG && !reach_daemon())
		where = LOG_TO_NOWHERE;
	/* Lines to come are dated by a file that may be out of reach then. */
	if (where == LOG_TO_SYSLOG)
		tzset();
	destination = where;
}

bool
log_spare(void)
{
	if (daemon_fd < 0)
		return false;
	(void)close(daemon_fd);
	daemon_fd = -1;
	if (destination == LOG_TO_SYSLOG)
		destination = LOG_TO_NOWHERE;
	return true;
}

/* Sends a line to the daemon that is there now. */
static bool
send_line(const char *text, size_t n)
{
	return sendto(daemon_fd, text, n, MSG_NOSIGNAL,
	    (const struct sockaddr *)&log_socket, sizeof(log_socket)) >= 0;
}

/* Waits for a daemon that is slow; false when all patience is used up. */
static bool
await_daemon(void)
{
	static int64_t patience = PATIENCE_MS;
	const int64_t from = clock_ms();

	if (patience <= 0)
		return false;
	(void)poll(NULL, 0, STEP_MS);
	patience -= clock_ms() - from;
	return true;
}

static void
tell_daemon(int priority, const char *line)
{
	char date[sizeof("Jan 00 00:00:00")] = "", text[LOG_TEXT + 320];
	const time_t now = time(NULL);
	struct tm tm;
	int n;

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(date, sizeof(date), "%b %e %T", &tm);
	n = snprintf(text, sizeof(text), "<%d>%s %s[%ld]: %s",
	    LOG_MAIL | priority, date, name, (long)getpid(), line);
	while (!send_line(text, (size_t)n) && errno == EAGAIN &&
	    await_daemon())
		continue;
}

/* "2026-11-22T10:00:00.123Z", RFC 3339. */
static void
put_time(struct buf *b)
{
	char date[sizeof("9999-12-31T23:59:59")] = "", text[48];
	struct timespec now;
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm) != NULL)
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(text, sizeof(text), "%s.%03ldZ", date,
	    now.tv_nsec / 1000000 % 1000);
	json_text(b, "time", text);
}

/* An object with what all of them have; end_json() is due. */
static void
begin_json(struct buf *b, bool failed)
{
	buf_init(b, LOG_JSON);
	json_open(b, NULL, '{');
	put_time(b);
	json_text(b, "program", name);
	json_number(b, "pid", getpid());
	json_text(b, "level", failed ? "error" : "info");
}

/* One write, so that lines of several processes do not mix. */
static void
end_json(struct buf *b)
{
	json_close(b, '}');
	(void)buf_char(b, '\n');
	if (!b->failed)
		(void)fwrite(b->p, 1, b->n, stderr);
	buf_free(b);
}

static void
write_text(bool failed, struct str text)
{
	char line[LOG_TEXT];

	str_escape(line, sizeof(line), text);
	if (destination == LOG_TO_SYSLOG)
		tell_daemon(failed ? LOG_ERR : LOG_INFO, line);
	else
		(void)fprintf(stderr, "%s: %s\n", name, line);
}

/* id: the mail's that the line is about, or NULL. */
__attribute__((format(printf, 3, 0))) static void
write_line(bool failed, const char *id, const char *fmt, va_list ap)
{
	char text[LOG_TEXT];
	struct log_field fields[] = {
		{ FIELD_ID, "id", id, 0 }, { FIELD_WORDS, "message", text, 0 }
	};

	if (destination == LOG_TO_NOWHERE)
		return;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	log_event(failed, fields, 2);
}

void
log_line(bool failed, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(failed, NULL, fmt, ap);
	va_end(ap);
}

void
log_mail(bool failed, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(failed, id, fmt, ap);
	va_end(ap);
}

static bool
is_said(const struct log_field *f)
{
	return f->kind >= FIELD_NUMBER || f->text != NULL;
}

static void
put_text(struct buf *b, const struct log_field *f)
{
	bool first = b->n == 0 || b->p[b->n - 1] == ' ';

	if (f->kind == FIELD_NOTE)
		(void)buf_fmt(b, "%s(%s)", first ? "" : " ", f->text);
	else if (f->kind == FIELD_ID || f->kind == FIELD_WORDS)
		(void)buf_fmt(b, f->kind == FIELD_ID ? "%s: " : "%s", f->text);
	else
		(void)buf_fmt(b, "%s%s=", first ? "" : ", ", f->name);
	if (f->kind == FIELD_TEXT || f->kind == FIELD_ADDRESS)
		(void)buf_fmt(b, f->kind == FIELD_TEXT ? "%s" : "<%s>",
		    f->text);
	else if (f->kind == FIELD_NUMBER)
		(void)buf_fmt(b, "%" PRId64, f->number);
	else if (f->kind == FIELD_MS)
		(void)buf_fmt(b, "%" PRId64 ".%02d", f->number / 1000,
		    (int)(f->number % 1000 / 10));
}

static void
put_json(struct buf *b, const struct log_field *f)
{
	if (f->kind == FIELD_NUMBER)
		json_number(b, f->name, f->number);
	else if (f->kind == FIELD_MS)
		json_seconds(b, f->name, f->number);
	else
		json_text(b, f->name, f->text);
}

void
log_event(bool failed, const struct log_field *field, size_t n)
{
	bool json = destination == LOG_TO_JSON;
	struct buf b;

	if (destination == LOG_TO_NOWHERE)
		return;
	if (json)
		begin_json(&b, failed);
	else
		buf_init(&b, LOG_JSON);
	for (size_t i = 0; i < n; i++)
		if (is_said(&field[i]))
			(json ? put_json : put_text)(&b, &field[i]);
	if (json) {
		end_json(&b);
		return;
	}
	write_text(failed, buf_view(&b));
	buf_free(&b);
}

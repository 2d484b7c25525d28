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
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum { LOG_TEXT = 2048, LOG_NAME_SIZE = 32, PATIENCE_MS = 1000 };

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

static bool
reach_daemon(void)
{
	const struct sockaddr_un log = { AF_UNIX, "/dev/log" };

	if (daemon_fd >= 0)
		(void)close(daemon_fd);
	daemon_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (daemon_fd >= 0 && connect(daemon_fd,
	    (const struct sockaddr *)&log, sizeof(log)) != 0) {
		(void)close(daemon_fd);
		daemon_fd = -1;
	}
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
	destination = where;
}

/* Waits for a daemon that is slow; false when all patience is used up. */
static bool
await_daemon(void)
{
	static int64_t patience = PATIENCE_MS;
	struct pollfd p = { .fd = daemon_fd, .events = POLLOUT };
	int64_t from = clock_ms();
	bool ready = patience > 0 && poll(&p, 1, (int)patience) > 0;

	patience -= clock_ms() - from;
	return ready;
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
	while (send(daemon_fd, text, (size_t)n, MSG_NOSIGNAL) < 0 &&
	    (errno == EAGAIN ? await_daemon() :
	    errno == ECONNREFUSED && reach_daemon()))
		continue;
}

void
log_line(bool failed, const char *fmt, ...)
{
	char text[LOG_TEXT], line[LOG_TEXT];
	va_list ap;
	int n;

	if (destination == LOG_TO_NOWHERE)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(text))
		n = (int)sizeof(text) - 1;
	str_escape(line, sizeof(line), (struct str){ text, (size_t)n });
	if (destination == LOG_TO_SYSLOG)
		tell_daemon(failed ? LOG_ERR : LOG_INFO, line);
	else
		(void)fprintf(stderr, "%s: %s\n", name, line);
}

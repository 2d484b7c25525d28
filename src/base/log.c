/* SPDX-License-Identifier: ISC */
/* The log: a record for the administrator, never a reason to fail. */
#include <sys/stat.h>

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "base/log.h"
#include "base/str.h"

enum { LOG_TEXT = 2048 };

static enum log_where destination = LOG_TO_NOWHERE;
static const char *name;

void
log_open(enum log_where where, const char *program)
{
	struct stat st;

	if (where == LOG_TO_AUTO)
		where = stat("/dev/log", &st) == 0 && S_ISSOCK(st.st_mode) ?
		    LOG_TO_SYSLOG : LOG_TO_NOWHERE;
	if (where == LOG_TO_SYSLOG)
		openlog(program, LOG_PID | LOG_NDELAY, LOG_MAIL);
	destination = where;
	name = program;
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
		syslog(failed ? LOG_ERR : LOG_INFO, "%s", line);
	else
		(void)fprintf(stderr, "%s: %s\n", name, line);
}

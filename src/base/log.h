/* SPDX-License-Identifier: ISC */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_where { LOG_TO_AUTO, LOG_TO_SYSLOG, LOG_TO_STDERR, LOG_TO_NOWHERE };

/*
 * Chooses where log_line() writes: the system log (mail facility, connected
 * at once so that a later sandbox cannot cut it off), standard error, or
 * nowhere.  LOG_TO_AUTO: the system log if there is one, else nowhere, because
 * callers take any output for a failure.
 */
void log_open(enum log_where, const char *program);

/*
 * Writes one line; bytes from outside are escaped.  failed chooses the
 * priority (error or info).  Never fails, never waits.
 */
void log_line(bool failed, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: ISC */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_where { LOG_TO_AUTO, LOG_TO_SYSLOG, LOG_TO_STDERR, LOG_TO_NOWHERE };

/*
 * Chooses where log_line() writes: the system log (mail facility, connected
 * at once so that a later sandbox cannot cut it off), standard error, or
 * nowhere.  LOG_TO_AUTO is the system log.  Where there is none, nothing is
 * logged, because callers take any output for a failure.  program is who
 * writes; of it 31 letters, digits and any of "-_./" are kept.
 */
void log_open(enum log_where, const char *program);

/*
 * Writes one line; bytes from outside are escaped.  failed chooses the
 * priority (error or info).  Never fails; waits for the log daemon no longer
 * than a second in the whole life of the process.
 */
void log_line(bool failed, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: ISC */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_where {
	LOG_TO_AUTO, LOG_TO_SYSLOG, LOG_TO_STDERR, LOG_TO_JSON, LOG_TO_NOWHERE
};

/*
 * Chooses where lines are written: the system log (mail facility; its socket is
 * made at once so that a later sandbox cannot cut it off), standard error, as
 * text or as JSON objects, or nowhere.  LOG_TO_AUTO is the system log, or
 * nowhere: callers take any output for a failure.  program is who writes; of
 * it 31 letters, digits and any of "-_./" are kept.
 */
void log_open(enum log_where, const char *program);

/* Gives up the descriptor that this takes; false when there is none. */
bool log_spare(void);

/*
 * Writes one line, escaped, of priority error or info.  Never fails; waits for
 * the log daemon no longer than a second in the whole life of the process.
 */
void log_line(bool failed, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same about the spooled mail of this identifier. */
void log_mail(bool failed, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* How a field looks in text; in JSON it is a member of its name. */
enum log_kind {
	FIELD_TEXT,		/* name=text */
	FIELD_WORDS,		/* text */
	FIELD_ID,		/* text: ... */
	FIELD_ADDRESS,		/* name=<text> */
	FIELD_NOTE,		/* (text), behind the others */
	FIELD_NUMBER,		/* name=number */
	FIELD_MS		/* name=seconds, with two decimals */
};

/* One thing to be said of an event; one with text == NULL is not said. */
struct log_field {
	enum log_kind	 kind;
	const char	*name;
	const char	*text;
	int64_t		 number;
};

/* The same as log_line() for an event that has n fields, in their order. */
void log_event(bool failed, const struct log_field *, size_t n);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_RESULT_H
#define DELIVERY_RESULT_H

#include "mail/mail.h"

/*
 * The exit code for the whole mail: EX_OK when every recipient was sent, or
 * spooled, else the worst of the recipients' codes.  A temporary failure is
 * worse than a permanent one, so that a caller who tries again for 69 and gives
 * up for 67 loses nothing.
 */
int result_code(const struct envelope *);

/* The worse of two exit codes. */
int result_worse(int, int);

/*
 * Logs one line per recipient, Postfix's fields in Postfix's order.  started
 * is the clock_ms() at which work on the mail began.
 */
void result_log(const struct mail *, int64_t started);

/* One line of these; id is a spooled mail's, or NULL; delay in ms. */
void result_log_rcpt(const struct rcpt *, const char *id, int64_t delay);

/* Names each failed recipient on standard error. */
void result_complain(const struct mail *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include "smtp/session.h"

/* RFC 5321 section 4.5.3.1.4 and, for AUTH, RFC 4954 section 4. */
enum { COMMAND_MAX = 512, COMMAND_AUTH_MAX = 12288 };

/*
 * Queues one command, without its CRLF.  The only place where commands are
 * made: refuses CR, LF, NUL and more than 512 octets with EX_DATAERR, and
 * unread bytes while no reply is due with EX_PROTOCOL.
 */
int command_put(struct session *, struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for "VERB:<path>", with parameters that may follow. */
int command_put_path(struct session *, const char *verb, const char *path,
    struct str parameters, struct fault *);

/*
 * The same for a line of an AUTH exchange, which may be long; -v shows only
 * the first word(s) given as shown.
 */
int command_put_secret(struct session *, struct str line, const char *shown,
    struct fault *);

/*
 * Sends what is queued and reads the next reply into s->reply.  stage names
 * the step for messages ("EHLO", "end of data"); timeout in ms.  Returns 0
 * for any well-formed reply, else -1 with EX_UNAVAILABLE or EX_PROTOCOL and
 * s->lost set.
 */
int command_reply(struct session *, const char *stage, int64_t timeout,
    struct fault *);

/* The reading half of it: the next reply, by the deadline in force. */
int command_read(struct session *, const char *stage, struct fault *);

/* Queue and await in one: for commands that stand alone. */
int command_ask(struct session *, const char *command, const char *argument,
    struct fault *);

/*
 * "STAGE: the relay's words" with this exit code: the fault of a reply
 * that refuses something.  A reply that is no refusal, but not the one that
 * had to come either, is a violation of the protocol and ends the session.
 */
int command_refused(struct session *, const char *stage, int code,
    struct fault *);

/*
 * The relay cannot be trusted to go on: marks the session lost and returns -1
 * with "STAGE: " put before the fault's text.
 */
int command_abort(struct session *, const char *stage, struct fault *);

/* Shows a line of the dialogue when -v was given. */
void command_trace(const struct session *, const char *arrow, struct str);

#endif

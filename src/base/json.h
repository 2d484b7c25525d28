/* SPDX-License-Identifier: ISC */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdint.h>

#include "base/buf.h"

/*
 * JSON (RFC 8259) appended to a buffer, piece by piece; commas come by
 * themselves.  Whatever the bytes, what comes out is UTF-8 and safe to show:
 * an octet that is not part of a well-formed sequence (RFC 3629) becomes
 * U+FFFD, and control characters, DEL and U+0080 to U+009F become \uXXXX.
 * Errors are the buffer's.
 */

/* Begins and ends an object '{' '}' or an array '[' ']'; name NULL: none. */
void json_open(struct buf *, const char *name, char bracket);
void json_close(struct buf *, char bracket);

/* A member of an object; with name NULL an element of an array. */
void json_text(struct buf *, const char *name, const char *);
void json_str(struct buf *, const char *name, struct str);
void json_number(struct buf *, const char *name, int64_t);
void json_bool(struct buf *, const char *name, bool);

/* Seconds with three decimals, from milliseconds. */
void json_seconds(struct buf *, const char *name, int64_t ms);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fault.h"

enum { SECRET_MAX = 16 * 1024 };

/* True when the value is the secret itself, not file:, env:, ... */
bool secret_is_literal(const char *value);

/* Checks the form of a secret's value without opening anything. */
int secret_check(const char *value, struct fault *);

/*
 * Fetches the secret: "file:PATH", "env:NAME", "credential:NAME" (a file in
 * $CREDENTIALS_DIRECTORY), "command:PROGRAM ARG ..." (an absolute path, run
 * without a shell, at most 60 s; words may be quoted), or the text itself.
 * One final line end is taken off; an empty secret, a NUL and a further line
 * end are errors.  *out is set up here; the caller wipes it, on failure too.
 * Files must pass trust_open(), but others may read them: container runtimes
 * mount secrets that way.  Returns -1 with EX_CONFIG, EX_NOPERM or EX_OSERR;
 * no message holds any part of a secret.
 */
int secret_load(const char *value, struct buf *out, struct fault *);

#endif

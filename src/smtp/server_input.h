/* SPDX-License-Identifier: ISC */
#ifndef SMTP_SERVER_INPUT_H
#define SMTP_SERVER_INPUT_H

#include "smtp/server.h"

/* Writes what is to be said.  Returns -1 with EX_IOERR. */
int input_flush(struct server *, struct fault *);

/*
 * Reads one command line, without its line end (CRLF or, as some programs
 * write, LF).  One that is too long or holds NUL is answered and passed over.
 * Returns 1, 0 at the end of input, -1 with EX_IOERR.
 */
int input_line(struct server *, struct str *, struct fault *);

/*
 * Reads message text up to CRLF.CRLF, takes the doubled dots back (RFC 5321
 * section 4.5.2) and passes it to the intake.  -1 with EX_NOINPUT, EX_IOERR.
 */
int input_data(struct server *, struct fault *);

/* Reads n octets into the intake, or past it when no message is begun. */
int input_chunk(struct server *, uint64_t n, struct fault *);

#endif

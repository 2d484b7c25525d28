/* SPDX-License-Identifier: ISC */
#ifndef SERVE_H
#define SERVE_H

#include "args.h"
#include "config/conf.h"

/*
 * sendmail -bs: an SMTP dialogue on standard input and output, every mail of
 * which is delivered before its final dot is answered.  Returns 0 when the
 * client has gone in good order, else -1 with EX_NOINPUT or EX_IOERR.
 */
int serve(const struct args *, const struct conf *, struct fault *);

#endif

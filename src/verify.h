/* SPDX-License-Identifier: ISC */
#ifndef VERIFY_H
#define VERIFY_H

#include "args.h"
#include "config/conf.h"

/*
 * sendmail -bv: prints for each address what becomes of it, one line each, and
 * whether the relay would take it.  Sends nothing and reads nothing.  Returns
 * 0 with the exit status in the fault's code, that of a mail to all of them,
 * or -1 with EX_DATAERR or EX_OSERR.
 */
int verify(const struct args *, const struct conf *, struct fault *);

#endif

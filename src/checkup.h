/* SPDX-License-Identifier: ISC */
#ifndef CHECKUP_H
#define CHECKUP_H

#include "args.h"
#include "startup.h"

/*
 * sendlet --check: looks at everything that a mail to the address (default:
 * root) needs, and says what to do about what is wrong.  failed: what startup()
 * has come to, or NULL.  Nothing is sent but with --send.  Returns the exit
 * status of such a mail.
 */
int checkup(const struct args *, struct startup *, const struct fault *failed);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef CONFINE_H
#define CONFINE_H

#include "args.h"
#include "config/conf.h"
#include "mail/message.h"

/*
 * Puts the process into its sandbox, in which only those files can be opened
 * that delivery may still need, which the opening of the message tells as well,
 * where one is to be sent, else NULL.  Notes in the configuration that it is
 * there.
 * With -v a part of it that this kernel does not have is told.  Returns -1
 * with EX_OSERR when one is missing that the configuration insists on.
 */
int confine(struct conf *, const struct args *, const struct opening *,
    struct fault *);

#endif

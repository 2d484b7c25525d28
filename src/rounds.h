/* SPDX-License-Identifier: ISC */
#ifndef ROUNDS_H
#define ROUNDS_H

#include "args.h"
#include "config/conf.h"
#include "delivery/drain.h"

/*
 * Delivers what is in the spool, once, or with an interval until a signal
 * comes.  Without an interval the sandbox has to be entered before; with one,
 * each round enters its own, in a process that returns from here as well.
 * Returns -1 with a fault when a round cannot be made.
 */
int rounds(struct drain *, const struct args *, struct conf *,
    struct fault *);

#endif

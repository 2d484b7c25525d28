/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_CHOICE_H
#define DELIVERY_CHOICE_H

#include "config/conf.h"

/*
 * The relay to be tried after this one, NULL: the first, for mail of this
 * sender; NULL when there is none left.  Relays for senders like this one come
 * before those for everybody.
 */
const struct relay *choice_next(const struct conf *, const char *sender,
    const struct relay *after);

#endif

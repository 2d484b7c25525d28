/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_CHOICE_H
#define DELIVERY_CHOICE_H

#include "base/idna.h"
#include "config/conf.h"
#include "mail/envelope.h"

/*
 * The relay to be tried after this one, NULL: the first, for mail of this
 * sender; NULL when there is none left.  Relays for senders like this one come
 * before those for everybody.
 */
const struct relay *choice_next(const struct conf *, const char *sender,
    const struct relay *after);

/*
 * One way for a mail: a relay, for direct:// to the domain of one of its
 * recipients.
 */
struct way {
	const struct relay *relay;	/* NULL: before the first */
	char		 domain[IDNA_MAX + 1];	/* or "" */
	size_t		 rcpt;
};

/* Writes the domain of an address as direct:// knows it, in A-labels; or "". */
void choice_domain(const char *address, char domain[IDNA_MAX + 1]);

/*
 * Goes to the next way for those recipients that the spool wants; false when
 * there is none left.
 */
bool choice_way(const struct conf *, const struct envelope *, struct way *);

#endif

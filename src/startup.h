/* SPDX-License-Identifier: ISC */
#ifndef STARTUP_H
#define STARTUP_H

#include "args.h"
#include "config/conf.h"
#include "config/origin.h"
#include "delivery/place.h"
#include "mail/message.h"

/* What the program has in hand when it starts to listen to others. */
struct startup {
	struct conf	 conf;
	struct place	 place;
	struct fault	 no_place;
	struct buf	 errors;	/* in the configuration; --check */
	struct origins	 origins;	/* the same */
	struct opening	 opening;	/* of the message, where one is read */
};

/*
 * Loads the configuration and all that takes privilege: secrets, keys, the
 * spool; then gives the privilege up.  Every error in the configuration is
 * printed, or for --check kept.  Returns -1 with a fault.  startup_end() is due
 * in every case.
 */
int startup(struct startup *, const struct args *, struct fault *);

/* Wipes every secret, closes and frees the rest. */
void startup_end(struct startup *);

#endif

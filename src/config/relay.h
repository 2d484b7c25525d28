/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_RELAY_H
#define CONFIG_RELAY_H

#include "config/conf.h"

/*
 * Appends a relay with its own copy of the defaults.  For a bad URL (-1 with
 * EX_CONFIG) it is appended nevertheless, so that the settings behind it are
 * checked too; -1 with EX_OSERR when it is not.
 */
int relay_add(struct conf *, const char *url, unsigned line, struct fault *);

/* Wipes and frees what the relay owns, not the relay. */
void relay_wipe(struct relay *);

/* Takes all relays out of the list and frees them. */
void relay_drop_all(struct conf *);

#endif

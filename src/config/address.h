/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_ADDRESS_H
#define CONFIG_ADDRESS_H

#include "base/fault.h"

/*
 * A first look at an address: user@domain and not too long; the grammar of
 * addresses is known to mail/addr.  Returns -1 with EX_CONFIG.
 */
int address_check(const char *, struct fault *);

/* The same for one in which %u, %h, %d and %% stand for something. */
int address_check_template(const char *, struct fault *);

#endif

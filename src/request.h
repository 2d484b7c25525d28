/* SPDX-License-Identifier: ISC */
#ifndef REQUEST_H
#define REQUEST_H

#include "args.h"
#include "mail/mail.h"

/*
 * Notes in the envelope, which has its recipients, what is asked for: reports
 * (-N, -R, -V), and what -O and the field MT-Priority say.  Returns -1 with
 * EX_USAGE or EX_OSERR.
 */
int request(struct mail *, const struct args *, struct fault *);

#endif

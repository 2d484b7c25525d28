/* SPDX-License-Identifier: ISC */
#ifndef SMTP_CONTENT_H
#define SMTP_CONTENT_H

#include "mail/mail.h"
#include "smtp/session.h"

/*
 * Queues the whole mail, writing it out as buffers fill.  stuffed: for DATA,
 * with dots doubled and without the final one; else as it is, for BDAT.  Every
 * block has the relay's timeout for one.  Returns -1 with EX_IOERR when the
 * mail cannot be read, or what the connection says.
 */
int content_put(struct session *, const struct mail *, bool stuffed,
    struct fault *);

#endif

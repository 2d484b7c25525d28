/* SPDX-License-Identifier: ISC */
#ifndef MAIL_FIT_HEADER_H
#define MAIL_FIT_HEADER_H

#include "mail/fit.h"

/*
 * True when the header of a dressed mail can leave with SMTPUTF8 only: an
 * address in it cannot be shown in another way, or it is signed and not to be
 * touched.
 */
bool mail_needs_utf8(struct mail *);

/* The header of a dressed mail as a paged text, without the blank line. */
int fit_flatten(struct buf *, struct mail *, struct fault *);

/* What the scratch file had for a form of the mail is gone. */
void fit_forget(struct mail *);

/* The name of what a message is signed with as a whole; NULL: it may change. */
const char *fit_sealed(const struct mail *, struct str header);

/*
 * Makes the header fit, as m->fitted.text if the body has changed it, else as
 * m->header has it: its fields become m->fitted.header, with the blank line.
 * Nothing is done where nothing need be.  Returns -1 with EX_DATAERR or
 * EX_OSERR.
 */
int fit_header(struct mail *, const struct fit_for *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_RELABEL_H
#define MAIL_RELABEL_H

#include "mail/pieces.h"

/* What the header of an entity is to say from now on; NULL: as before. */
struct relabel {
	const char	*encoding;	/* Content-Transfer-Encoding */
	const char	*charset;	/* of text, where no type is given */
	bool		 version;	/* that this is MIME */
};

/*
 * Lays the header out with these changes, as views of it, which must outlive
 * the pieces.  The encoding takes the place of the first one; if there are
 * more, they go, for readers disagree on which counts.  What was missing is
 * added at the end.  Returns -1 with EX_OSERR.
 */
int relabel_header(struct pieces *, struct str header, const struct relabel *,
    struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "base/str.h"

/* One header field, RFC 5322 section 2.2, as views of the header's bytes. */
struct field {
	struct str	raw;		/* all of it, final CRLF included */
	struct str	name;		/* empty: the line is no field */
	struct str	body;		/* behind the colon, with the folds, but
					   without the final CRLF */
};

/*
 * Length of the field name a line starts with, 0 when it is no field.  Blanks
 * may stand before the colon.
 */
size_t header_name_length(struct str line);

/* Takes the next field off *rest; false at the end. */
bool header_next(struct str *rest, struct field *);

/* True when the field has this name, case ignored. */
static inline bool
header_is(const struct field *field, const char *name)
{
	return str_is(field->name, name);
}

/* True when the header has a field of this name. */
bool header_has(struct str header, const char *name);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Walks through a header in canonical form (RFC 5322 section 2.2, with the
 * blanks before the colon of section 4.5).  Knows lines and names; what is in
 * the bodies is for others.
 */
#include <string.h>

#include "base/pages.h"
#include "mail/header.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Octets of the field that starts here, continuation lines included. */
static size_t
field_length(struct str s)
{
	size_t n = 0;

	do {
		n += pages_seek_lf((struct str){ s.p + n, s.n - n });
		n += n < s.n;
		pages_passed(s.p + n);
	} while (n < s.n && blank(s.p[n]));
	return n;
}

/* The same as header_name_length(); *colon becomes where the colon is. */
static size_t
name_length(struct str line, size_t *colon)
{
	size_t name = 0, n;

	while (name < line.n && line.p[name] > ' ' && line.p[name] <= '~' &&
	    line.p[name] != ':')
		name++;
	for (n = name; n < line.n && blank(line.p[n]); n++)
		continue;
	*colon = n;
	return n < line.n && line.p[n] == ':' ? name : 0;
}

size_t
header_name_length(struct str line)
{
	size_t colon;

	return name_length(line, &colon);
}

bool
header_next(struct str *rest, struct field *field)
{
	struct str body;
	size_t colon, n;

	*field = (struct field){ .raw = { NULL, 0 } };
	if (rest->n == 0)
		return false;
	field->raw = (struct str){ rest->p, field_length(*rest) };
	rest->p += field->raw.n;
	rest->n -= field->raw.n;

	body = field->raw;
	if (body.p[body.n - 1] == '\n')
		body.n--;
	if (body.n > 0 && body.p[body.n - 1] == '\r')
		body.n--;
	field->name = (struct str){ body.p, name_length(body, &colon) };
	n = field->name.n > 0 ? colon + 1 : 0;
	field->body = (struct str){ body.p + n, body.n - n };
	return true;
}

bool
header_has(struct str header, const char *name)
{
	struct field field;

	while (header_next(&header, &field))
		if (header_is(&field, name))
			return true;
	return false;
}

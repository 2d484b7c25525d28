/* SPDX-License-Identifier: ISC */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A view of bytes owned by somebody else.  It may hold NUL and is never
 * terminated; an empty view may have p == NULL.
 */
struct str {
	const char	*p;
	size_t		 n;
};

/* A view of a string literal. */
#define STR(lit)	((struct str){ (lit), sizeof(lit) - 1 })

/* For printf's "%.*s"; only for views known to be short and printable. */
#define STR_ARG(s)	(int)(s).n, (s).p

/* The view of a C string, without its NUL; NULL gives an empty view. */
struct str str_of(const char *);

/* Equal bytes; str_ieq ignores the case of ASCII letters only. */
bool str_eq(struct str, struct str);
bool str_ieq(struct str, struct str);

/* str_ieq() of a C string; in tables, most names differ in the first letter. */
bool str_same(struct str, const char *);
static inline bool
str_is(struct str s, const char *text)
{
	const char other_case = 'a' - 'A';

	return (s.n == 0 || (s.p[0] | other_case) == (text[0] | other_case)) &&
	    str_same(s, text);
}

/* True when the view starts with the prefix, ASCII case ignored. */
bool str_istarts(struct str, struct str prefix);

/* The view without leading and trailing SP, HT, CR and LF. */
struct str str_trim(struct str);

/*
 * Splits off what stands before the first separator; *rest becomes what is
 * behind.  False, with *head empty, when *rest was used up (p == NULL).
 */
bool str_cut(struct str *rest, char separator, struct str *head);

/* Splits off the next word between blanks; false when there is none. */
bool str_word(struct str *rest, struct str *word);

/* True when the view holds an octet from 128 up. */
bool str_has_8bit(struct str);

/* ASCII letters in lower case, all else unchanged; locale never matters. */
char ascii_lower(char);

/*
 * Writes the view as printable ASCII, for terminals and logs: other octets
 * become \ooo.  At most size - 1 characters and a NUL are written; "..." marks
 * what was cut off.
 */
void str_escape(char *dst, size_t size, struct str);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Views of bytes: comparing, trimming, splitting, and the one place where
 * bytes from the network or a message are made safe to show.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <bsd/string.h>

#include "base/pages.h"

struct str
str_of(const char *s)
{
	return (struct str){ s, s == NULL ? 0 : strlen(s) };
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
str_istarts(struct str s, struct str prefix)
{
	if (s.n < prefix.n)
		return false;
	for (size_t i = 0; i < prefix.n; i++)
		if (ascii_lower(s.p[i]) != ascii_lower(prefix.p[i]))
			return false;
	return true;
}

bool
str_ieq(struct str a, struct str b)
{
	return a.n == b.n && str_istarts(a, b);
}

bool
str_same(struct str s, const char *text)
{
	size_t i = 0;

	while (i < s.n && text[i] != '\0' &&
	    ascii_lower(s.p[i]) == ascii_lower(text[i]))
		i++;
	return i == s.n && text[i] == '\0';
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && blank(s.p[0]))
		s.p++, s.n--;
	return s;
}

bool
str_cut(struct str *rest, char separator, struct str *head)
{
	const char *at;

	*head = *rest;
	if (rest->p == NULL)
		return false;
	at = rest->n > 0 ? memchr(rest->p, separator, rest->n) : NULL;
	if (at == NULL) {
		*rest = (struct str){ NULL, 0 };
		return true;
	}
	head->n = (size_t)(at - rest->p);
	rest->p += head->n + 1;
	rest->n -= head->n + 1;
	return true;
}

bool
str_word(struct str *rest, struct str *word)
{
	while (rest->n > 0 && blank(rest->p[0]))
		rest->p++, rest->n--;
	*word = (struct str){ rest->p, 0 };
	if (rest->n == 0)
		return false;
	while (word->n < rest->n && !blank(word->p[word->n]))
		word->n++;
	rest->p += word->n;
	rest->n -= word->n;
	return true;
}

static bool
part_has_8bit(struct str s)
{
	uint64_t word;

	for (; s.n >= sizeof(word); s.p += sizeof(word), s.n -= sizeof(word)) {
		memcpy(&word, s.p, sizeof(word));
		if ((word & 0x8080808080808080) != 0)
			return true;
	}
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 128)
			return true;
	return false;
}

bool
str_has_8bit(struct str s)
{
	struct str part;

	if (s.n <= PAGES_PART)
		return part_has_8bit(s);
	while (pages_cut(&s, &part))
		if (part_has_8bit(part))
			return true;
	return false;
}

void
str_escape(char *dst, size_t size, struct str s)
{
	static const char cut[] = "...";
	char *at = dst, *end = dst + size;

	for (size_t i = 0; i < s.n; i++) {
		if ((size_t)(end - at) < sizeof("\\ooo") + sizeof(cut)) {
			(void)strlcpy(at, cut, (size_t)(end - at));
			return;
		}
		if (s.p[i] >= ' ' && s.p[i] <= '~')
			*at++ = s.p[i];
		else
			at += snprintf(at, (size_t)(end - at), "\\%03o",
			    (unsigned char)s.p[i]);
	}
	*at = '\0';
}

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ENCODED_H
#define MAIL_ENCODED_H

#include "base/buf.h"

/* Where text stands, which decides what a word is (RFC 2047 section 5). */
enum encoded_place {
	ENCODED_TEXT,		/* unstructured: words between blanks */
	ENCODED_PHRASE		/* a phrase: atoms, quoted strings, comments */
};

/* Longer words are encoded to have places where a line may end. */
enum { ENCODED_WORD_MAX = 900 };

/*
 * Appends all of a text as encoded words of at most 75 octets with "\r\n "
 * between them, RFC 2047: base64 or quoted-printable, whichever is shorter;
 * charset utf-8, or unknown-8bit (RFC 1428) when it is not UTF-8.
 */
void encoded_words(struct buf *, struct str);

/*
 * Appends a text, of which the words that need it are encoded: those with an
 * octet from 128 up (utf8: only where it is not UTF-8), and very long ones.
 * What is left reads the same, and is the same where nothing is encoded.
 */
void encoded_text(struct buf *, struct str text, enum encoded_place,
    bool utf8);

/* True when the text has an octet that must not leave as it is. */
bool encoded_needed(struct str text, bool utf8);

#endif

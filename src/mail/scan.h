/* SPDX-License-Identifier: ISC */
#ifndef MAIL_SCAN_H
#define MAIL_SCAN_H

#include <stdint.h>

#include "mail/message.h"

/*
 * Octets before the first CR, LF or NUL, or all of them.  Sets *high when one
 * of these octets is 128 or more.  Works a machine word at a time: message
 * text goes through here at memory speed.
 */
size_t scan_text(struct str, bool *high);

/* Octets up to the first LF with a dot behind it, this LF included, or all. */
size_t scan_to_dot(struct str);

/* What scan_lines() needs for a line of any length, and its vectors. */
enum { SCAN_ROOM = MESSAGE_LINE_MAX + 2 + 16 };

/* What it has copied: octets read, octets written, lines. */
struct scanned {
	size_t		 taken, made;
	uint64_t	 lines;
	bool		 high;		/* the text has octets of 128 or more */
};

/*
 * Copies whole lines into the room, with CRLF at the end of each, while there
 * are SCAN_ROOM octets left.  Stops before a line about which there is more to
 * be decided: with a dot in front, a NUL, a CR that ends no line, or more than
 * MESSAGE_LINE_MAX octets; and before the text's last line or two, which may
 * be incomplete.
 */
struct scanned scan_lines(struct str text, char *room, size_t size);

#endif

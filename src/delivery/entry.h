/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_ENTRY_H
#define DELIVERY_ENTRY_H

#include <sys/types.h>

#include "mail/envelope.h"

enum { ENTRY_ID_LENGTH = 16, ENTRY_ID_SIZE = ENTRY_ID_LENGTH + 1 };
enum { ENTRY_START = 27, ENTRY_HEAD_MAX = 64 * 1024 * 1024 };

/* Text of 7 bits, of 8; the same with lines over 998 octets. */
#define ENTRY_KINDS	"78LM"

enum entry_state { ENTRY_QUEUED = 'Q', ENTRY_HELD = 'H', ENTRY_DEAD = 'D' };

/* A spooled mail, besides its envelope and its text. */
struct entry {
	char		 id[ENTRY_ID_SIZE];	/* sorts by age */
	enum entry_state state;
	bool		 warned;	/* the sender knows of the delay */
	unsigned	 tries;
	int64_t		 next, created;	/* seconds since 1970 */
	uint64_t	 route;		/* as in struct conf */
	uint64_t	 header, body;	/* octets of the text */
	char		 header_kind, body_kind;	/* of ENTRY_KINDS */
	size_t		 head;		/* octets before the text */
};

/* A new identifier: the time in milliseconds, and random bits. */
void entry_name(char id[ENTRY_ID_SIZE]);

/* True when the text could be an identifier; anything else is no entry. */
bool entry_is_id(const char *);

/*
 * Appends a part of the head: text of fixed width wherever it may change, so
 * that it can be written over in place, and a mixture of an older and a newer
 * head is as good as any of them.  It says how long it is; that is known when
 * all of it was formatted once.  The parts are known by their numbers, the
 * first is 0.  Returns that of the next, or 0 after the last.
 */
size_t entry_format(struct buf *, const struct entry *,
    const struct envelope *, size_t part);

/*
 * How long the head is, by its first ENTRY_START octets; 0: this is none.
 */
size_t entry_head_length(struct str start);

/*
 * Reads a head into an entry, and an envelope that is empty.  A recipient
 * that was with a relay when we last heard is unsure; one whose failure has
 * been reported is told.  Returns -1 with EX_DATAERR for anything that
 * entry_format() does not write, or EX_OSERR.
 */
int entry_parse(struct entry *, struct envelope *, struct str head,
    struct fault *);

/* One more try has been made: when the next is due (retry.c). */
void entry_defer(struct entry *, int64_t now);

#endif

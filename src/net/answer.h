/* SPDX-License-Identifier: ISC */
#ifndef NET_ANSWER_H
#define NET_ANSWER_H

#include <stdint.h>

#include "base/str.h"

/* Records beyond these are left out. */
enum { ANSWER_MAX = 256, ANSWER_NAME = 256 };

/* Types of records, RFC 1035 section 3.2.2, 3596, 2782. */
enum {
	ANSWER_A = 1, ANSWER_MX = 15, ANSWER_TXT = 16, ANSWER_AAAA = 28,
	ANSWER_SRV = 33
};

struct record {
	uint16_t	 preference;	/* MX; the priority of SRV */
	uint16_t	 weight, port;	/* SRV */
	unsigned char	 octets[16];	/* A: 4, AAAA: 16 */
	char		 host[ANSWER_NAME];	/* MX, SRV: a valid host name,
						   or "" for the root */
	char		*text;		/* TXT: its strings put together, which
					   may hold any octets; and a NUL */
	size_t		 length;	/* of the text without the NUL */
};

/* What a name server says to one question. */
struct answer {
	struct record	*record;
	size_t		 count;
};

enum answer_status {
	ANSWER_FOUND,		/* there are records; those with names that no
				   host can have are left out */
	ANSWER_EMPTY,		/* the name exists, but not with this type */
	ANSWER_NO_NAME,		/* the name does not exist */
	ANSWER_FAILED,		/* the server cannot or will not tell */
	ANSWER_SILENT,		/* nobody has answered in time */
	ANSWER_CUT,		/* it has to be asked over TCP */
	ANSWER_STRANGE		/* no answer to this question, or garbage */
};

/*
 * Reads the packet as the answer to a question, given as the packet that was
 * sent.  Aliases are followed inside the packet.  Records are allocated when
 * something was found; no memory counts as FAILED.
 */
enum answer_status answer_parse(struct answer *, struct str packet,
    struct str question);

void answer_free(struct answer *);

#endif

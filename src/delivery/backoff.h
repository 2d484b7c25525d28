/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_BACKOFF_H
#define DELIVERY_BACKOFF_H

#include "base/buf.h"
#include "config/conf.h"
#include "delivery/place.h"

/* Most relays remembered; octets of a name, and of the file. */
enum { BACKOFF_MAX = 64, BACKOFF_NAME_MAX = 512, BACKOFF_SIZE_MAX = 65536 };

/* A relay that does not work. */
struct backoff {
	int64_t		 asked, next;	/* seconds since 1970 */
	unsigned	 tries;		/* in vain, in a row */
	struct str	 name;		/* somebody else's */
};

struct backoff_table {
	struct backoff	 relay[BACKOFF_MAX];
	size_t		 count;
};

/* Whom a relay is asked for. */
enum backoff_caller {
	BACKOFF_ANYBODY,	/* somebody waits, or says so: always */
	BACKOFF_FRESH,		/* a new mail: every five minutes */
	BACKOFF_WAITING		/* mail that waits: when its time has come */
};

/*
 * When a relay may be asked, for direct:// that of this domain (else ""): 0 is
 * now.  Here and below, what goes wrong with the file, or no place (NULL),
 * means that nothing is known of any relay.
 */
int64_t backoff_until(const struct place *, const struct relay *,
    const char *domain, enum backoff_caller, int64_t now);

/*
 * True when it may be asked now.  Of several processes only one is told so,
 * for the others it has just been asked.
 */
bool backoff_claim(const struct place *, const struct relay *,
    const char *domain, enum backoff_caller, int64_t now);

/* It was asked: it does not work; or it does, and all is forgotten. */
void backoff_failed(const struct place *, const struct relay *,
    const char *domain, int64_t now);
void backoff_worked(const struct place *, const struct relay *,
    const char *domain);

/*
 * Reads what backoff_format() writes.  Lines that are none of its, or of no
 * more use, are left out; the names are parts of the text.
 */
void backoff_parse(struct backoff_table *, struct str text, int64_t now);
void backoff_format(struct buf *, const struct backoff_table *);

#endif

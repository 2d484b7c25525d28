/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_LOOKUP_H
#define DOCTOR_LOOKUP_H

#include "base/buf.h"
#include "base/fault.h"
#include "net/dns.h"

/* Name servers, and until when they are asked. */
struct lookup {
	struct dns	 dns;
	int64_t		 deadline;
};

void lookup_open(struct lookup *, int64_t ms);

/* One question.  answer_free() is due when the status is ANSWER_FOUND. */
enum answer_status lookup(const struct lookup *, const char *name,
    unsigned type, struct answer *);

/*
 * The one record among the TXT records of a name that fits; its text is
 * appended.  Returns 1, 0 when there is none, or -1 with EX_UNAVAILABLE (the
 * name servers do not tell) or EX_DATAERR (there is more than one).
 */
int lookup_text(const struct lookup *, const char *name,
    bool fits(struct str), struct buf *, struct fault *);

#endif

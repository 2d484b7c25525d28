/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_DMARC_WALK_H
#define DOCTOR_DMARC_WALK_H

#include "doctor/lookup.h"
#include "doctor/tags.h"

/* The record that holds for a domain, and what the domain belongs to. */
struct dmarc_walk {
	char		 from[ANSWER_NAME];	/* who has it; "": nobody */
	char		 organisation[ANSWER_NAME];
	struct dmarc	 record;
	struct fault	 why;		/* what failed, or a record that is
					   none; code 0: nothing */
};

/*
 * Asks for _dmarc.DOMAIN, then for the domains above it, at most eight in all.
 * Returns -1 when the name servers do not tell.
 */
int dmarc_find(struct dmarc_walk *, const struct lookup *, const char *domain);

#endif

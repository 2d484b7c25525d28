/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_SPF_WALK_H
#define DOCTOR_SPF_WALK_H

#include "doctor/lookup.h"
#include "doctor/spf.h"

/* RFC 7208 section 2.6; UNSURE: it hangs on what is not known here. */
enum spf_result {
	SPF_NONE, SPF_NEUTRAL, SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_TEMPERROR,
	SPF_PERMERROR, SPF_UNSURE
};

/* What is asked of a domain, and what came out. */
struct spf_walk {
	const struct lookup *lookup;
	const struct address *ip;	/* who sends; NULL: not known */
	unsigned	 lookups, voids;	/* section 4.6.4 */
	bool		 unsure;	/* a term could not be judged */
	char		 all;		/* how the record ends; 0: it does not
					   say */
	char		 match[ANSWER_NAME + 80];	/* "TERM of DOMAIN" */
	struct buf	 includes;	/* domains, with ", " between */
	struct fault	 why;		/* of an error */
};

/*
 * What the domain's record says of mail from that address: check_host() of
 * section 4 without macros (exists, %{...}) and ptr, which make it unsure
 * unless another term decides before.  The whole record is checked.  The
 * walk's includes are the caller's to free.
 */
enum spf_result spf_check(struct spf_walk *, const char *domain);

#endif

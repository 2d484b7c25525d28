/* SPDX-License-Identifier: ISC */
/*
 * The message and what the relay offers in its EHLO reply: RFC 1870 (SIZE),
 * 6152 (8BITMIME), 3030 (BINARYMIME), 6531 (SMTPUTF8).
 */
#include <inttypes.h>

#include "mail/fit.h"
#include "smtp/offer.h"
#include "smtp/outcome.h"

/* The mail in the form that the relay takes; or nobody gets it. */
static int
fit(struct transaction *t)
{
	const struct capabilities *can = &t->s->can;
	const struct fit_for what = {
		.eightbit = can->eightbit, .utf8 = can->smtputf8,
		/* Once MAIL is said, it cannot be called that any more. */
		.binary = can->binary && can->chunking && t->sent == 0,
	};
	struct fault why;

	if (mail_fit(t->mail, &what, &why) == 0)
		return 0;
	outcome_settle(t, why.code == EX_DATAERR ? RCPT_PERMANENT :
	    RCPT_TEMPORARY, &why, why.code == EX_DATAERR ? "5.6.3" : "4.3.0");
	return -1;
}

/* What can be known to fail without asking; for all recipients alike. */
static int
check(struct transaction *t)
{
	const struct capabilities *can = &t->s->can;
	uint64_t size = mail_size(t->mail);
	struct fault why;

	if (can->size_limit > 0 && size > can->size_limit) {
		(void)fault(&why, EX_DATAERR, "message of %" PRIu64 " octets: "
		    "the relay takes %" PRIu64 " (RFC 1870)", size,
		    can->size_limit);
		outcome_settle(t, RCPT_PERMANENT, &why, "5.3.4");
		return -1;
	}
	if (str_has_8bit(str_of(t->mail->path)) && !can->smtputf8) {
		(void)fault(&why, EX_DATAERR, "sender <%s>: the relay takes "
		    "ASCII addresses only (RFC 6531)",
		    t->mail->path);
		outcome_settle(t, RCPT_PERMANENT, &why, "5.6.7");
		return -1;
	}
	return 0;
}

int
offer_meet(struct transaction *t)
{
	return fit(t) != 0 || check(t) != 0 ? -1 : 0;
}

/* SPDX-License-Identifier: ISC */
#ifndef DELIVERY_REPORT_H
#define DELIVERY_REPORT_H

#include "mail/mail.h"

/* Who reports, and about which mail. */
struct reporter {
	const char	*hostname;
	const char	*domain;	/* MAILER-DAEMON@domain is the author */
	const char	*id;		/* of the mail in the spool */
	int64_t		 arrived;	/* seconds since 1970 */
	int64_t		 until;		/* the same: how long it will be tried;
					   0: it has failed for good */
};

/*
 * True when the sender wants to hear of this failure, or delay, or did not
 * say.
 */
bool report_wanted(const struct rcpt *, enum dsn_notify);

/*
 * Makes a mail to the sender of the one that failed, for those recipients for
 * whom it did for good, were not reported, and are wanted; or of the one that
 * is delayed, for those who wait.  The new mail is empty before, complete after
 * 0, and independent of the other.  Returns -1 with EX_OSERR or EX_IOERR.
 */
int report_make(struct mail *report, const struct mail *failed,
    const struct reporter *, struct fault *);

#endif

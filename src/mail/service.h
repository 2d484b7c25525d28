/* SPDX-License-Identifier: ISC */
#ifndef MAIL_SERVICE_H
#define MAIL_SERVICE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"

enum { PRIORITY_MIN = -9, PRIORITY_MAX = 9 };

/* RFC 2852 section 4: nine digits. */
#define DELIVER_BY_MAX	INT64_C(999999999)

/* What a sender asks of those who carry a mail, each of them or none. */
struct service {
	bool	 utf8;		/* SMTPUTF8 came with it (RFC 6531) */
	bool	 tls;		/* REQUIRETLS: never without (RFC 8689) */
	bool	 prior;		/* it has a priority (RFC 6710) */
	int	 priority;
	bool	 timed;		/* DELIVERBY (RFC 2852) */
	bool	 back;		/* by then it is returned, or else reported */
	bool	 trace;
	int64_t	 by;		/* seconds since 1970 */
};

/*
 * Reads "[-]SECONDS[;N|R][T]"; without a letter N, only reported.  Returns -1
 * with EX_USAGE.
 */
int service_by(struct service *, struct str text, int64_t now,
    struct fault *);

/* Reads -9 to 9.  Returns -1 with EX_USAGE. */
int service_priority(struct service *, struct str text, struct fault *);

/* Seconds left, 0 and less when the time is over; at most nine digits. */
int64_t service_left(const struct service *, int64_t now);

/*
 * Appends what is asked as lines "key value\n": requiretls, priority and by,
 * in this order, as far as there are any.
 */
void service_write(struct buf *, const struct service *);

/* Takes such a line; false for any that service_write() does not write. */
bool service_read(struct service *, const char *key, struct str value);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SMTP_OUTCOME_H
#define SMTP_OUTCOME_H

#include "smtp/transaction.h"

/* The i-th recipient of the transaction. */
struct rcpt *transaction_rcpt(const struct transaction *, size_t i);

/* Notes the same result for every recipient that has none. */
void outcome_settle(struct transaction *, enum rcpt_state,
    const struct fault *why, const char *dsn);

/*
 * The last reply refuses sender or message, which holds for all that have no
 * result.  When AUTH failed before, that is the reason given.
 */
void outcome_refuse(struct transaction *, const char *stage);

/* The last reply is about this recipient. */
void outcome_rcpt(struct transaction *, struct rcpt *);

/*
 * Does it say that the transaction holds no more (RFC 5321 section
 * 4.5.3.1.10)?  That is noted in the session, and all who were not sent yet
 * are refused as well; true when there are any, who are then to be taken off
 * the transaction.
 */
bool outcome_crowded(struct transaction *);

/*
 * By the last reply the relay takes the message, or does not: for this
 * recipient (LMTP), or for all when there is none.
 */
void outcome_end(struct transaction *, struct rcpt *);

/*
 * A reply did not come.  Once the message has left, the relay may have taken
 * it: that is noted and added to the text.  Returns -1.
 */
int outcome_lost(struct transaction *, struct fault *);

/* What a failed AUTH means to every recipient without a result. */
void outcome_deny(struct transaction *);

#endif

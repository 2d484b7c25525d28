/* SPDX-License-Identifier: ISC */
/*
 * The message and what the relay offers in its EHLO reply: RFC 1870 (SIZE),
 * 6152 (8BITMIME), 3030 (BINARYMIME), 6531 (SMTPUTF8).
 */
#include <inttypes.h>

#include "mail/downgrade.h"
#include "mail/fit.h"
#include "mail/fit_header.h"
#include "smtp/offer.h"
#include "smtp/outcome.h"

/* The mail in the form that the relay takes; or nobody gets it. */
static int
fit(struct transaction *t)
{
	const struct capabilities *can = &t->s->can;
	const struct fit_for what = {
		.eightbit = can->eightbit, .utf8 = t->utf8,
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

static int
check_size(struct transaction *t)
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
	return 0;
}

bool
offer_utf8(const struct session *s, const struct mail *m)
{
	const struct envelope *e = &m->envelope;

	if (!s->can.smtputf8)
		return false;
	if (e->asks_utf8 || str_has_8bit(str_of(m->path)))
		return true;
	for (size_t i = 0; i < e->count; i++)
		if (e->rcpt[i].utf8 && rcpt_open(&e->rcpt[i]))
			return true;
	return mail_needs_utf8(m);
}

const char *
offer_address(const struct transaction *t, const char *address,
    char room[ADDR_MAX + 1])
{
	if (t->utf8 || !str_has_8bit(str_of(address)))
		return address;
	return address_downgrade(address, room) == 0 ? room : NULL;
}

int
offer_sender(const struct transaction *t, struct fault *f)
{
	char room[ADDR_MAX + 1];

	if (offer_address(t, t->mail->path, room) != NULL)
		return 0;
	return fault(f, EX_DATAERR, "sender <%s>: the relay takes ASCII "
	    "addresses only (RFC 6531)", t->mail->path);
}

int
offer_meet(struct transaction *t)
{
	struct fault why;

	if (offer_sender(t, &why) != 0) {
		outcome_settle(t, RCPT_PERMANENT, &why, "5.6.7");
		return -1;
	}
	return fit(t) != 0 || check_size(t) != 0 ? -1 : 0;
}

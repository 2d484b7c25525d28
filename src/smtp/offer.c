/* SPDX-License-Identifier: ISC */
/*
 * The message and what the relay offers in its EHLO reply: RFC 1870 (SIZE),
 * 6152 (8BITMIME), 3030 (BINARYMIME), 6531 (SMTPUTF8), 8689 (REQUIRETLS), 2852
 * (DELIVERBY).
 */
#include <inttypes.h>
#include <time.h>

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
		.priority = can->priority,
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
offer_utf8(const struct session *s, struct mail *m)
{
	const struct envelope *e = &m->envelope;

	if (!s->can.smtputf8)
		return false;
	if (e->service.utf8 || str_has_8bit(str_of(m->path)))
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

/* REQUIRETLS, RFC 8689 section 4.2.1: no further than it is kept. */
static const char *
tls_problem(const struct session *s, struct fault *f)
{
	bool verified = stream_tls(s->stream) != NULL &&
	    (s->tls != TLS_OFFERED || s->relay->tls_pin != NULL);

	if (!verified)
		(void)fault(f, EX_UNAVAILABLE, "REQUIRETLS: the relay is "
		    "reached without verified TLS (RFC 8689)");
	else if (!s->can.requiretls)
		(void)fault(f, EX_UNAVAILABLE, "REQUIRETLS: not offered by the "
		    "relay (RFC 8689)");
	return !verified ? "5.7.10" : !s->can.requiretls ? "5.7.30" : NULL;
}

/* DELIVERBY, RFC 2852 section 4: what cannot be in time is not begun. */
static const char *
time_problem(const struct capabilities *can, const struct service *service,
    struct fault *f)
{
	int64_t left = service_left(service, time(NULL));

	if (!service->timed || !service->back)
		return NULL;
	if (left <= 0) {
		(void)fault(f, EX_UNAVAILABLE, "DELIVERBY: the time is over "
		    "(RFC 2852)");
		return "5.4.7";
	}
	if (can->by && left >= can->by_least)
		return NULL;
	(void)fault(f, EX_UNAVAILABLE, can->by ? "DELIVERBY: the relay needs "
	    "%" PRId64 " seconds (RFC 2852)" : "DELIVERBY: not offered by the "
	    "relay (RFC 2852)", can->by_least);
	return "5.3.3";
}

const char *
offer_problem(const struct transaction *t, struct fault *f)
{
	const struct service *service = &t->mail->envelope.service;
	char room[ADDR_MAX + 1];
	const char *dsn = NULL;

	if (offer_address(t, t->mail->path, room) == NULL) {
		(void)fault(f, EX_DATAERR, "sender <%s>: the relay takes ASCII "
		    "addresses only (RFC 6531)", t->mail->path);
		return "5.6.7";
	}
	if (service->tls)
		dsn = tls_problem(t->s, f);
	return dsn != NULL ? dsn : time_problem(&t->s->can, service, f);
}

int
offer_meet(struct transaction *t)
{
	struct fault why;
	/* In a dialogue MAIL has been said, and the time may be over since. */
	const char *dsn = t->sent > 0 ? NULL : offer_problem(t, &why);

	if (dsn != NULL) {
		outcome_settle(t, RCPT_PERMANENT, &why, dsn);
		return -1;
	}
	return fit(t) != 0 || check_size(t) != 0 ? -1 : 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * What is added to MAIL and RCPT for relays that understand it: RFC 1870
 * (SIZE), 6152 (8BITMIME), 6531 (SMTPUTF8), 3461 (DSN), 2852 (DELIVERBY), 6710
 * (MT-PRIORITY), 8689 (REQUIRETLS).
 */
#include <inttypes.h>
#include <time.h>

#include "smtp/command.h"
#include "smtp/parameters.h"

/* What is left of a command besides its verb and the longest path. */
enum { PARAMETERS_MAX = COMMAND_MAX - 2 - 12 - 254 };

/* Adds a parameter that may be left out where it does not fit. */
static void
put_xtext(struct buf *b, const char *name, const char *text)
{
	size_t before = b->n;

	if (b->failed)
		return;
	(void)buf_puts(b, name);
	dsn_xtext(b, str_of(text));
	if (b->failed)
		b->n = before;
	b->failed = false;
}

static void
put_service(struct buf *b, const struct capabilities *can,
    const struct service *service)
{
	if (can->requiretls && service->tls)
		(void)buf_puts(b, " REQUIRETLS");
	if (can->priority && service->prior)
		(void)buf_fmt(b, " MT-PRIORITY=%d", service->priority);
	if (can->by && service->timed)
		(void)buf_fmt(b, " BY=%" PRId64 ";%c%s",
		    service_left(service, time(NULL)),
		    service->back ? 'R' : 'N', service->trace ? "T" : "");
}

void
parameters_mail(struct buf *b, const struct transaction *t)
{
	const struct session *s = t->s;
	const struct mail *m = t->mail;
	const struct envelope *e = &m->envelope;
	/* In a dialogue the message is yet to come, and may be anything. */
	bool unknown = mail_size(m) == 0;

	buf_init(b, PARAMETERS_MAX);
	if (s->can.size && !unknown)
		(void)buf_fmt(b, " SIZE=%" PRIu64, mail_size(m));
	if (mail_kind(m) == MAIL_BINARY)
		(void)buf_puts(b, " BODY=BINARYMIME");
	else if (s->can.eightbit && (unknown || mail_kind(m) == MAIL_8BIT))
		(void)buf_puts(b, " BODY=8BITMIME");
	if (t->utf8)
		(void)buf_puts(b, " SMTPUTF8");
	put_service(b, &s->can, &e->service);
	if (s->can.dsn && e->ret != DSN_RET_UNSET)
		(void)buf_puts(b, e->ret == DSN_RET_FULL ? " RET=FULL" :
		    " RET=HDRS");
	if (s->can.dsn && e->envid != NULL)
		put_xtext(b, " ENVID=", e->envid);
}

void
parameters_rcpt(struct buf *b, const struct session *s,
    const struct rcpt *rcpt)
{
	buf_init(b, PARAMETERS_MAX);
	if (s->can.dsn && rcpt->notify != 0) {
		(void)buf_puts(b, " NOTIFY=");
		dsn_notify_format(b, rcpt->notify);
	}
	if (s->can.dsn && rcpt->names->orcpt != NULL)
		put_xtext(b, " ORCPT=", rcpt->names->orcpt);
}

/* SPDX-License-Identifier: ISC */
/* From the results of the recipients to log, standard error and exit code. */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/privilege.h"
#include "delivery/result.h"

/* From harmless to bad; a code that is not named here is the worst. */
static const int order[] = { EX_OK, EX_DATAERR, EX_NOUSER, EX_NOHOST,
    EX_UNAVAILABLE, EX_PROTOCOL, EX_NOPERM, EX_CONFIG, EX_CANTCREAT, EX_IOERR,
    EX_OSERR };

static size_t
badness(int code)
{
	size_t i = 0;

	while (i < sizeof(order) / sizeof(order[0]) && order[i] != code)
		i++;
	return i;
}

int
result_worse(int a, int b)
{
	return badness(a) > badness(b) ? a : b;
}

int
result_code(const struct envelope *e)
{
	int code = EX_OK;

	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *rcpt = &e->rcpt[i];

		if (rcpt->state == RCPT_PENDING)
			code = result_worse(code, EX_SOFTWARE);
		else if (rcpt->state != RCPT_SENT &&
		    rcpt->state != RCPT_SPOOLED)
			code = result_worse(code, rcpt->last->code != EX_OK ?
			    rcpt->last->code : EX_SOFTWARE);
	}
	return code;
}

void
result_log_rcpt(const struct rcpt *rcpt, const char *id, int64_t delay)
{
	static const char *const status[] = {
		[RCPT_PENDING] = "deferred", [RCPT_SENT] = "sent",
		[RCPT_TEMPORARY] = "deferred", [RCPT_PERMANENT] = "bounced",
		[RCPT_SPOOLED] = "deferred",
	};
	const struct notice *n = rcpt->last;
	const struct log_field fields[] = {
		{ FIELD_ID, "id", id, 0 },
		{ FIELD_ADDRESS, "to", rcpt->address, 0 },
		{ FIELD_ADDRESS, "orig_to", rcpt->names->orig, 0 },
		{ FIELD_TEXT, "relay",
		    n->relay[0] == '\0' ? "none" : n->relay, 0 },
		{ FIELD_MS, "delay", NULL, delay },
		{ FIELD_TEXT, "dsn", n->dsn, 0 },
		{ FIELD_TEXT, "status", status[rcpt->state], 0 },
		{ FIELD_NOTE, "reply", n->reply, 0 },
	};

	log_event(rcpt->state != RCPT_SENT, fields,
	    sizeof(fields) / sizeof(fields[0]));
}

void
result_log(const struct mail *m, int64_t started)
{
	int64_t delay = clock_ms() - started;
	const struct log_field fields[] = {
		{ FIELD_ADDRESS, "from", m->path, 0 },
		{ FIELD_NUMBER, "size", NULL, (int64_t)mail_size(m) },
		{ FIELD_NUMBER, "nrcpt", NULL, (int64_t)m->envelope.count },
		{ FIELD_NUMBER, "uid", NULL, privilege_caller() },
	};

	log_event(false, fields, sizeof(fields) / sizeof(fields[0]));
	for (size_t i = 0; i < m->envelope.count; i++)
		result_log_rcpt(&m->envelope.rcpt[i], NULL, delay);
}

void
result_complain(const struct mail *m)
{
	struct fault line;

	for (size_t i = 0; i < m->envelope.count; i++) {
		const struct rcpt *rcpt = &m->envelope.rcpt[i];

		if (rcpt->state == RCPT_SENT || rcpt->state == RCPT_SPOOLED)
			continue;
		(void)fault(&line, rcpt->last->code, "<%s>%s%s%s: %s%s%s",
		    rcpt->address, rcpt->names->orig == NULL ? "" : " (for ",
		    rcpt->names->orig == NULL ? "" : rcpt->names->orig,
		    rcpt->names->orig == NULL ? "" : ")",
		    rcpt->last->relay, rcpt->last->relay[0] == '\0' ? "" : ": ",
		    rcpt->last->reply);
		(void)fprintf(stderr, "sendlet: %s\n", line.text);
	}
}

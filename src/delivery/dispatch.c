/* SPDX-License-Identifier: ISC */
/*
 * Who takes responsibility for a mail: a relay, the spool, or in the end the
 * caller, who then finds the message in dead.letter.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/process.h"
#include "base/signals.h"
#include "delivery/deadletter.h"
#include "delivery/dispatch.h"
#include "delivery/outlook.h"
#include "delivery/result.h"
#include "delivery/spool.h"

/* A fault of ours, not of a recipient's. */
static int
complain(const struct dispatch *d, const struct fault *f)
{
	if (!d->quiet)
		(void)fprintf(stderr, "sendlet: %s\n", f->text);
	log_line(true, "%s", f->text);
	return f->code;
}

static bool
any_wanted(const struct mail *m)
{
	for (size_t i = 0; i < m->envelope.count; i++)
		if (spool_wants(&m->envelope.rcpt[i]))
			return true;
	return false;
}

/* The recipients that are in the spool now are no longer the caller's. */
static void
note_spooled(struct mail *m, const char *id)
{
	for (size_t i = 0; i < m->envelope.count; i++) {
		struct rcpt *r = &m->envelope.rcpt[i];
		struct fault why;

		if (!spool_wants(r))
			continue;
		(void)fault(&why, EX_OK, "queued as %s%s%s", id,
		    r->last->reply[0] == '\0' ? "" : ": ", r->last->reply);
		rcpt_result(&m->envelope, r, RCPT_SPOOLED, r->last->dsn,
		    &why);
	}
}

/*
 * Puts the mail into the spool for whom it is still to be sent.  Returns 0,
 * the exit code of a failure, or -1 when there is no spool.
 */
static int
keep(const struct dispatch *d, struct mail *m, struct entry *t)
{
	struct place place;
	struct fault f;
	int fd;

	if (place_open(&place, d->drain.courier.conf, true, &f) != 0)
		return f.code == EX_UNAVAILABLE ? -1 : complain(d, &f);
	fd = spool_commit(&place, m, t, &f);
	place_close(&place);
	if (fd < 0)
		return complain(d, &f);
	(void)close(fd);
	note_spooled(m, t->id);
	return EX_OK;
}

/* The mail was tried: what is left of it can wait. */
static int
keep_rest(const struct dispatch *d, struct mail *m)
{
	struct entry t = { .tries = 0 };
	int code;

	if (!any_wanted(m))
		return EX_OK;
	outlook_defer(&d->drain.courier, &m->envelope, &t);
	code = keep(d, m, &t);
	return code < 0 ? EX_OK : code;
}

/* Who was not served, though somebody was asked or could have been. */
static bool
is_lost(const struct rcpt *r)
{
	if (r->state == RCPT_SENT || r->state == RCPT_SPOOLED)
		return false;
	return r->state != RCPT_PERMANENT || r->last->relay[0] != '\0' ||
	    r->last->code != EX_DATAERR;
}

static void
bury(const struct dispatch *d, const struct mail *m)
{
	char path[DEADLETTER_PATH_MAX];
	bool lost = false;
	struct fault f;
	int status;

	for (size_t i = 0; i < m->envelope.count; i++)
		lost = lost || is_lost(&m->envelope.rcpt[i]);
	if (!lost || (status = deadletter_add(m, d->drain.courier.conf, path,
	    &f)) == 0)
		return;
	if (status > 0)
		(void)fault(&f, EX_OK, "message kept in %s", path);
	else
		(void)fault(&f, f.code, "message not kept: %s", f.text);
	(void)complain(d, &f);
}

static bool
any_sent(const struct mail *m)
{
	for (size_t i = 0; i < m->envelope.count; i++)
		if (m->envelope.rcpt[i].state == RCPT_SENT)
			return true;
	return false;
}

/* The child's part: the mail at hand if there is one, then all others. */
static void
drain_detached(struct drain *d, const char *id)
{
	struct place place;
	struct fault ignored;

	signals_hold();
	d->same = true;
	d->courier.last = d->courier.only = false;
	if (id != NULL && place_open(&place, d->courier.conf, false,
	    &ignored) == 0) {
		drain_mail(d, &place, id);
		place_close(&place);
	}
	(void)drain_run(d, &ignored);
	drain_end(d);
}

void
dispatch_drain(struct drain *d)
{
	if (drain_needed(d->courier.conf) && process_detach() > 0)
		drain_detached(d, NULL);
}

/*
 * True when a sandbox may close behind the session that takes the mail: if it
 * fails there is a spool at hand, and nothing waits in it to be sent as well.
 */
static bool
goes_alone(const struct courier *c)
{
	const struct conf *conf = c->conf;

	if (!conf->confined || !c->last)
		return false;
	return conf->place == NULL || !drain_needed(conf);
}

int
dispatch(struct dispatch *d, struct mail *m)
{
	struct courier *courier = &d->drain.courier;
	struct entry entry = { .next = time(NULL) };
	int failed = EX_OK, code = -1;
	bool queued;

	signals_hold();
	if (d->when != DELIVER_NOW && any_wanted(m))
		code = keep(d, m, &entry);
	queued = code == EX_OK;
	if (!queued) {
		courier->only = goes_alone(courier);
		deliver(courier, m);
		courier->session.leaves = courier->only;
		courier_rest(courier);
		failed = keep_rest(d, m);
	}
	result_log(m, d->started);
	if (!d->quiet)
		result_complain(m);
	code = result_worse(result_code(&m->envelope), failed);
	if (!d->quiet)
		bury(d, m);
	if (queued && d->when == DELIVER_BACKGROUND) {
		if (process_detach() > 0)
			drain_detached(&d->drain, entry.id);
	} else if (any_sent(m) && !courier->only)
		dispatch_drain(&d->drain);
	return code;
}

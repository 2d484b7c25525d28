/* SPDX-License-Identifier: ISC */
/*
 * Delivery of spooled mail.  Before a mail goes to a relay its file says so,
 * and afterwards what became of it, both on disk: who finds the first mark
 * without the second knows that the message may have been delivered.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/signals.h"
#include "delivery/drain.h"
#include "delivery/outlook.h"
#include "delivery/report.h"
#include "delivery/result.h"
#include "delivery/retry.h"
#include "delivery/spool.h"

enum { EXPIRY_TRIES = 3, SAVE_TRIES = 3 };

static bool
matches(const char *pattern, const char *text)
{
	bool wanted = pattern == NULL || pattern[0] != '!';

	return pattern == NULL || (strstr(text, wanted ? pattern :
	    pattern + 1) != NULL) == wanted;
}

static bool
any_matches(const char *pattern, const struct envelope *e)
{
	for (size_t i = 0; i < e->count; i++)
		if (matches(pattern, e->rcpt[i].address))
			return true;
	return false;
}

static bool
selected(const struct drain *d, const struct spooled *s)
{
	return s->entry.state == ENTRY_QUEUED &&
	    (!d->same || s->entry.route == d->courier.conf->route) &&
	    (d->all || retry_due(s->entry.next, time(NULL))) &&
	    matches(d->id, s->entry.id) &&
	    matches(d->sender, s->mail.envelope.sender) &&
	    any_matches(d->rcpt, &s->mail.envelope);
}

/* True when all that it may go to is left alone since an earlier run. */
static bool
must_wait(const struct outlook *o)
{
	return o->waiting > 0 && o->open == 0 && o->down == 0;
}

/* Saves, more than once if need be: what is not saved may be sent twice. */
static int
save(struct spooled *s, bool sure)
{
	struct fault f;
	int status = -1;

	for (int i = 0; i < SAVE_TRIES && status != 0; i++)
		status = spool_save(s, sure, &f);
	if (status != 0)
		log_mail(true, s->entry.id, "%s", f.text);
	return status;
}

/* Who is still to be served. */
static size_t
count_wanted(const struct spooled *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->mail.envelope.count; i++)
		n += spool_wants(&s->mail.envelope.rcpt[i]);
	return n;
}

/* Writes down that those recipients are with a relay from now on. */
static int
begin(struct spooled *s, bool *tried, bool asked)
{
	struct envelope *e = &s->mail.envelope;
	int status = 0;

	for (size_t i = 0; i < e->count; i++) {
		tried[i] = spool_wants(&e->rcpt[i]);
		if (tried[i] && e->rcpt[i].unsure)
			log_mail(true, s->entry.id, "to=<%s>: was with a "
			    "relay when that ended: possible duplicate",
			    e->rcpt[i].address);
		if (tried[i])
			e->rcpt[i].unsure = true;
	}
	if (asked)
		status = save(s, true);
	for (size_t i = 0; i < e->count; i++)
		if (tried[i]) {
			e->rcpt[i].unsure = false;
			e->rcpt[i].state = RCPT_PENDING;
		}
	return status;
}

/*
 * Mail is as old as it has been tried for.  What passes while it is due and
 * nobody tries counts for a third of the age allowed at most: a machine may
 * have slept, or a clock been put right.
 */
static void
count_age(struct entry *t, int64_t now, int64_t allowed)
{
	int64_t due = t->next > t->created ? t->next : t->created;

	if (t->created > now)
		t->created = now;
	else if (now - due > allowed / 3)
		t->created += now - due - allowed / 3;
}

/* Makes an end for those that have been tried for too long. */
static void
expire(const struct drain *d, struct spooled *s, int64_t now)
{
	int64_t age = now - s->entry.created;
	struct envelope *e = &s->mail.envelope;
	struct fault why;

	/* RFC 2852: what could not be delivered by then is returned. */
	const bool late = e->service.timed && e->service.back &&
	    e->service.by <= now;

	if (!late && (s->entry.tries < EXPIRY_TRIES ||
	    age < d->courier.conf->spool_max_age / 1000))
		return;
	for (size_t i = 0; i < e->count; i++) {
		struct rcpt *r = &e->rcpt[i];

		if (!spool_wants(r))
			continue;
		(void)fault(&why, EX_UNAVAILABLE, "given up after %" PRId64
		    " hours; last: %s", age / 3600, r->last->reply);
		rcpt_result(e, r, RCPT_PERMANENT, late ? "5.4.7" : "4.4.7",
		    &why);
	}
}

/* How many failures the sender does not know of; those he wants to. */
static size_t
count_failures(const struct spooled *s, bool wanted)
{
	const struct envelope *e = &s->mail.envelope;
	size_t n = 0;

	for (size_t i = 0; i < e->count; i++)
		n += e->rcpt[i].state == RCPT_PERMANENT && !e->rcpt[i].told &&
		    (!wanted || report_wanted(&e->rcpt[i], DSN_FAILURE));
	return n;
}

/*
 * Puts a report into the spool, from where it goes its way: on failures, or on
 * a delay.
 */
static int
tell_sender(const struct drain *d, const struct place *p, struct spooled *s,
    bool delay)
{
	const struct reporter reporter = { .hostname = d->hostname,
	    .domain = d->domain, .id = s->entry.id,
	    .arrived = s->entry.created, .until = delay ? s->entry.created +
	    d->courier.conf->spool_max_age / 1000 : 0 };
	struct place place = *p;
	struct entry entry = { .next = time(NULL) };
	struct mail report;
	struct fault f;
	int fd = -1;

	/* It stands for a mail that is about to go: no limit is in its way. */
	place.max_size = place.max_messages = 0;
	place.route = s->entry.route;
	mail_init(&report);
	if (report_make(&report, &s->mail, &reporter, &f) == 0)
		fd = spool_commit(&place, &report, &entry, &f);
	mail_free(&report);
	if (fd < 0) {
		log_mail(true, s->entry.id, "no report: %s", f.text);
		return -1;
	}
	(void)close(fd);
	log_mail(false, s->entry.id, "sender %s notification: %s",
	    delay ? "delay" : "non-delivery", entry.id);
	return 0;
}

/* Failures that the sender knows of, or does not want to, are done with. */
static void
settle_failures(struct spooled *s)
{
	for (size_t i = 0; i < s->mail.envelope.count; i++)
		s->mail.envelope.rcpt[i].told |=
		    s->mail.envelope.rcpt[i].state == RCPT_PERMANENT;
}

/* True when the file is gone, because nobody needs it any more. */
static bool
finish(const struct place *p, struct spooled *s)
{
	struct fault f;

	if (count_wanted(s) > 0 || count_failures(s, false) > 0)
		return false;
	if (spool_remove(p, s->entry.id, false, &f) != 0) {
		log_mail(true, s->entry.id, "%s", f.text);
		return false;
	}
	/*
	 * Should the power fail, the directory may have it again: then it says
	 * that all are served.  To sync the directory takes far longer.
	 */
	(void)save(s, true);
	return true;
}

/* Failures that are on disk: reports, and what there is to do then. */
static void
conclude(const struct drain *d, const struct place *p, struct spooled *s)
{
	if (count_failures(s, false) > 0 &&
	    s->mail.envelope.sender[0] == '\0') {
		s->entry.state = ENTRY_DEAD;
		log_mail(true, s->entry.id,
		    "dead: nobody is left to be told");
		(void)save(s, true);
		return;
	}
	if (count_failures(s, true) > 0 && tell_sender(d, p, s, false) != 0)
		return;
	settle_failures(s);
	if (!finish(p, s))
		(void)save(s, true);
}

/*
 * Writes down what has become of a try.  Nothing comes before that: until then
 * a mail that was taken would be sent again.
 */
static int
record(const struct place *p, struct spooled *s, bool asked)
{
	bool sure = asked || count_wanted(s) < s->mail.envelope.count;

	return finish(p, s) ? 0 : save(s, sure);
}

/* Whether to tell the sender, once, that some have to wait. */
static bool
is_late(const struct drain *d, const struct spooled *s, int64_t now)
{
	int64_t limit = d->courier.conf->delay_warning / 1000;
	const struct envelope *e = &s->mail.envelope;

	if (limit == 0 || s->entry.warned || now - s->entry.created < limit ||
	    e->sender[0] == '\0')
		return false;
	for (size_t i = 0; i < e->count; i++)
		if (spool_wants(&e->rcpt[i]) &&
		    report_wanted(&e->rcpt[i], DSN_DELAY))
			return true;
	return false;
}

static void
attempt(struct drain *d, const struct place *p, struct spooled *s,
    bool *tried)
{
	struct envelope *e = &s->mail.envelope;
	struct outlook outlook;
	int64_t now, delay;
	bool late = false;
	int status;

	outlook_find(&outlook, &d->courier, e);
	if (must_wait(&outlook) || begin(s, tried, outlook.open > 0) != 0)
		return;
	deliver(&d->courier, &s->mail);
	now = time(NULL);
	if (count_wanted(s) > 0) {
		count_age(&s->entry, now,
		    d->courier.conf->spool_max_age / 1000);
		outlook_defer(&d->courier, e, &s->entry);
		/* RFC 2852: not later than somebody has to be told. */
		if (e->service.timed && e->service.back &&
		    e->service.by > now && e->service.by < s->entry.next)
			s->entry.next = e->service.by;
		expire(d, s, now);
		late = is_late(d, s, now);
		s->entry.warned |= late;
	}
	status = record(p, s, outlook.open > 0);
	delay = now > s->entry.created ? now - s->entry.created : 0;
	for (size_t i = 0; i < e->count; i++)
		if (tried[i])
			result_log_rcpt(&e->rcpt[i], s->entry.id, delay * 1000);
	if (status == 0 && late)
		(void)tell_sender(d, p, s, true);
	if (status == 0 && count_failures(s, false) > 0)
		conclude(d, p, s);
	courier_settle(&d->courier);
}

static void
drain_one(struct drain *d, const struct place *p, const char *id)
{
	struct spooled s;
	struct fault f;
	bool *tried;

	if (spool_load(p, id, true, &s, &f) != 0) {
		if (f.code != EX_NOINPUT && f.code != EX_UNAVAILABLE)
			log_line(true, "spool: %s", f.text);
		return;
	}
	tried = calloc(s.mail.envelope.count, sizeof(*tried));
	if (tried == NULL)
		log_line(true, "spool: out of memory");
	else if (s.entry.state == ENTRY_QUEUED && count_wanted(&s) == 0)
		conclude(d, p, &s);
	else if (selected(d, &s))
		attempt(d, p, &s, tried);
	free(tried);
	spool_close(&s);
}

/* Goes through one user's part, until nothing new has come in. */
static void
run_part(struct drain *d, const struct place *p)
{
	char last[ENTRY_ID_SIZE] = "";
	struct spool_list list = { 0 };
	int lock = spool_lock(p);
	struct fault f;

	if (lock < 0)
		return;
	d->courier.place = p;
	d->courier.caller = d->all ? BACKOFF_ANYBODY : BACKOFF_WAITING;
	spool_sweep(p);
	do {
		spool_list_free(&list);
		if (spool_list(p, last, &list, &f) != 0)
			log_line(true, "%s", f.text);
		for (size_t i = 0; i < list.count && !signals_stopped(); i++) {
			drain_one(d, p, list.id[i]);
			memcpy(last, list.id[i], sizeof(last));
		}
	} while (list.count > 0 && !signals_stopped());
	spool_list_free(&list);
	courier_settle(&d->courier);
	d->courier.place = NULL;
	(void)close(lock);
}

void
drain_mail(struct drain *d, const struct place *p, const char *id)
{
	d->courier.spooled = true;
	d->courier.place = p;
	d->courier.caller = BACKOFF_FRESH;
	drain_one(d, p, id);
	d->courier.place = NULL;
}

int
drain_run(struct drain *d, struct fault *f)
{
	struct place_walk walk;
	struct place part;

	d->courier.spooled = true;
	if (place_walk(&walk, d->courier.conf, f) != 0)
		return -1;
	while (!signals_stopped() && place_next(&walk, &part)) {
		run_part(d, &part);
		place_close(&part);
	}
	place_walk_end(&walk);
	return 0;
}

bool
drain_needed(const struct conf *conf)
{
	struct place place;
	struct fault ignored;
	bool busy;

	if (place_open(&place, conf, false, &ignored) != 0)
		return false;
	busy = spool_busy(&place);
	place_close(&place);
	return busy;
}

void
drain_end(struct drain *d)
{
	courier_rest(&d->courier);
	courier_forget(&d->courier);
}

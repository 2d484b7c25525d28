/* SPDX-License-Identifier: ISC */
/* The spool as its owner sees it: what is in it, and what to do with it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/log.h"
#include "delivery/outlook.h"
#include "delivery/queue.h"
#include "delivery/spool.h"
#include "mail/addr.h"

/* More than the head of any file in the spool. */
enum { JSON_MAX = 4 * ENTRY_HEAD_MAX };

/* A listing under way. */
struct listing {
	bool		 json;
	int64_t		 now;
	size_t		 count;
	uint64_t	 size;
	const struct conf *conf;
};

static const char *
state_name(enum entry_state state)
{
	return state == ENTRY_HELD ? "held" : state == ENTRY_DEAD ? "dead" :
	    "queued";
}

static const char *
rcpt_name(const struct rcpt *r)
{
	if (r->state == RCPT_SENT)
		return "sent";
	if (r->state == RCPT_PERMANENT)
		return r->told ? "reported" : "failed";
	return r->unsure ? "unsure" : "queued";
}

/* A duration in its largest unit. */
static void
print_time(const char *before, int64_t seconds)
{
	static const struct { int64_t size; char name; } units[] = {
		{ 24 * 60 * 60, 'd' }, { 60 * 60, 'h' }, { 60, 'm' },
		{ 1, 's' },
	};
	size_t i = 0;

	if (seconds < 0)
		seconds = 0;
	while (units[i].size > 1 && seconds < units[i].size)
		i++;
	(void)printf("%s%" PRId64 "%c", before, seconds / units[i].size,
	    units[i].name);
}

static void
print_text(const struct listing *l, const struct place *p,
    const struct spooled *s)
{
	const struct envelope *e = &s->mail.envelope;
	char text[ADDR_MAX * 4 + 16];

	(void)printf("%s %10" PRIu64, s->entry.id, mail_size(&s->mail));
	print_time("  ", l->now - s->entry.created);
	str_escape(text, sizeof(text), str_of(e->sender));
	(void)printf("  <%s>\n", text);
	if (s->entry.state != ENTRY_QUEUED)
		(void)printf("    %s", state_name(s->entry.state));
	else
		print_time("    next try in ", outlook_due(l->conf, p,
		    &s->entry, e, l->now) - l->now);
	(void)printf(", %u tr%s\n", s->entry.tries,
	    s->entry.tries == 1 ? "y" : "ies");
	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *r = &e->rcpt[i];

		str_escape(text, sizeof(text), str_of(r->address));
		(void)printf("    <%s> %s%s%s%s%s\n", text, rcpt_name(r),
		    r->last->relay[0] == '\0' ? "" : ": ", r->last->relay,
		    r->last->reply[0] == '\0' ? "" : ": ", r->last->reply);
	}
}

static void
print_json(const struct listing *l, const struct place *p,
    const struct spooled *s)
{
	const struct envelope *e = &s->mail.envelope;
	struct buf b;

	buf_init(&b, JSON_MAX);
	json_open(&b, NULL, '{');
	json_text(&b, "id", s->entry.id);
	json_text(&b, "state", state_name(s->entry.state));
	json_number(&b, "uid", p->owner);
	json_number(&b, "size", (int64_t)mail_size(&s->mail));
	json_number(&b, "arrival_time", s->entry.created);
	json_number(&b, "next_try", outlook_due(l->conf, p, &s->entry, e,
	    l->now));
	json_number(&b, "tries", s->entry.tries);
	json_text(&b, "sender", e->sender);
	json_open(&b, "recipients", '[');
	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *r = &e->rcpt[i];

		json_open(&b, NULL, '{');
		json_text(&b, "address", r->address);
		json_text(&b, "state", rcpt_name(r));
		json_text(&b, "status", r->last->dsn);
		json_text(&b, "relay", r->last->relay);
		json_text(&b, "reply", r->last->reply);
		json_close(&b, '}');
	}
	json_close(&b, ']');
	json_close(&b, '}');
	if (b.failed)
		(void)fprintf(stderr, "sendlet: spool: %s: out of memory\n",
		    s->entry.id);
	else
		(void)printf("%s\n", buf_cstr(&b));
	buf_free(&b);
}

static void
print_one(struct listing *l, const struct place *p, const char *id)
{
	struct spooled s;
	struct fault f;

	if (spool_load(p, id, false, &s, &f) != 0) {
		if (f.code != EX_NOINPUT)
			(void)fprintf(stderr, "sendlet: spool: %s\n", f.text);
		return;
	}
	if (l->json)
		print_json(l, p, &s);
	else
		print_text(l, p, &s);
	l->count++;
	l->size += mail_size(&s.mail);
	spool_close(&s);
}

int
queue_list(const struct conf *conf, bool json, struct fault *f)
{
	struct listing l = { .json = json, .now = time(NULL),
	    .conf = conf };
	struct place_walk walk;
	struct place part;
	int status = 0;

	if (place_walk(&walk, conf, f) != 0) {
		if (f->code != EX_UNAVAILABLE)
			return -1;
	} else {
		while (status == 0 && place_next(&walk, &part)) {
			struct spool_list list;

			status = spool_list(&part, "", &list, f);
			for (size_t i = 0; i < list.count; i++)
				print_one(&l, &part, list.id[i]);
			spool_list_free(&list);
			place_close(&part);
		}
		place_walk_end(&walk);
	}
	if (status == 0 && !json && l.count == 0)
		(void)printf("Mail queue is empty\n");
	else if (status == 0 && !json)
		(void)printf("-- %zu message%s, %" PRIu64 " octets\n", l.count,
		    l.count == 1 ? "" : "s", l.size);
	if (status == 0 && fflush(stdout) != 0)
		return fault(f, EX_IOERR, "standard output: cannot be written");
	return status;
}

/* A mail that was given up is to be tried again for whom it failed. */
static void
release(struct spooled *s)
{
	for (size_t i = 0; i < s->mail.envelope.count; i++)
		if (s->mail.envelope.rcpt[i].state == RCPT_PERMANENT)
			s->mail.envelope.rcpt[i].state = RCPT_TEMPORARY;
	s->entry.state = ENTRY_QUEUED;
	s->entry.next = time(NULL);
	s->entry.tries = 0;
}

static int
change(const struct place *p, const char *id, enum queue_verb verb,
    struct fault *f)
{
	struct spooled s;
	int status;

	if (spool_load(p, id, true, &s, f) != 0) {
		/* What cannot be read any more can still be removed. */
		if (f->code != EX_DATAERR || verb != QUEUE_DELETE)
			return -1;
		return spool_remove(p, id, true, f);
	}
	if (verb == QUEUE_DELETE)
		status = spool_remove(p, id, true, f);
	else {
		if (verb == QUEUE_RELEASE)
			release(&s);
		else if (s.entry.state == ENTRY_QUEUED)
			s.entry.state = ENTRY_HELD;
		status = spool_save(&s, true, f);
	}
	spool_close(&s);
	return status;
}

int
queue_change(const struct conf *conf, const char *id, enum queue_verb verb,
    struct fault *f)
{
	static const char *const done[] = {
		[QUEUE_DELETE] = "deleted", [QUEUE_HOLD] = "held",
		[QUEUE_RELEASE] = "released",
	};
	struct place_walk walk;
	struct place part;
	int status = -1;

	if (!entry_is_id(id))
		return fault(f, EX_DATAERR, "\"%s\": not the identifier of a "
		    "message", id);
	if (place_walk(&walk, conf, f) != 0)
		return fault(f, f->code == EX_UNAVAILABLE ? EX_NOINPUT :
		    f->code, "%s: %s", id, f->text);
	(void)fault(f, EX_NOINPUT, "%s: no such message", id);
	while (status != 0 && f->code == EX_NOINPUT &&
	    place_next(&walk, &part)) {
		status = change(&part, id, verb, f);
		place_close(&part);
	}
	place_walk_end(&walk);
	if (status == 0)
		log_mail(false, id, "%s", done[verb]);
	return status;
}

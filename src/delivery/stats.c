/* SPDX-License-Identifier: ISC */
/*
 * The spool in numbers, for who watches many machines.  Only the heads of the
 * files are read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/json.h"
#include "delivery/outlook.h"
#include "delivery/retry.h"
#include "delivery/spool.h"
#include "delivery/stats.h"

enum { JSON_MAX = 1024 * 1024 };

/* ---- counting ------------------------------------------------------------ */

static void
count(struct tally *t, const char *name)
{
	char text[STATS_NAME];
	size_t i = 0;

	str_escape(text, sizeof(text), str_of(name));
	if (t->list == NULL)
		t->list = calloc(STATS_NAMES, sizeof(*t->list));
	if (t->list == NULL)
		return;
	while (i < t->count && strcasecmp(t->list[i].name, text) != 0)
		i++;
	if (i == t->count && t->count < STATS_NAMES) {
		t->count++;
		(void)snprintf(t->list[i].name, STATS_NAME, "%s",
		    t->count == STATS_NAMES ? "others" : text);
	}
	t->list[i < STATS_NAMES ? i : STATS_NAMES - 1].count++;
}

static const char *
domain(const struct rcpt *r)
{
	const char *at = strrchr(r->address, '@');

	return at == NULL ? "" : at + 1;
}

static void
count_rcpts(struct stats *s, const struct spooled *mail, uid_t owner)
{
	const struct envelope *e = &mail->mail.envelope;
	char user[16];

	(void)snprintf(user, sizeof(user), "%lu", (unsigned long)owner);
	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *r = &e->rcpt[i];

		if (!spool_wants(r))
			continue;
		s->recipients++;
		count(&s->users, user);
		count(&s->domains, domain(r));
		count(&s->reasons, r->last->reply[0] == '\0' ?
		    "not tried yet" : r->last->reply);
	}
}

static void
count_mail(struct stats *s, const struct conf *conf, const struct place *p,
    const struct spooled *mail)
{
	const struct entry *e = &mail->entry;
	int64_t next = outlook_due(conf, p, e, &mail->mail.envelope, s->now);

	s->octets += mail_size(&mail->mail);
	if (s->oldest == 0 || e->created < s->oldest)
		s->oldest = e->created;
	if (e->state == ENTRY_HELD)
		s->held++;
	else if (e->state == ENTRY_DEAD)
		s->dead++;
	else {
		s->queued++;
		s->due += retry_due(next, s->now);
		if (s->next == 0 || next < s->next)
			s->next = next;
	}
}

static int
count_part(struct stats *s, const struct conf *conf, const struct place *p,
    struct fault *f)
{
	struct spool_list list;
	struct spooled mail;
	struct fault why;
	int status = spool_list(p, "", &list, f);

	for (size_t i = 0; i < list.count; i++) {
		if (spool_load(p, list.id[i], false, &mail, &why) != 0) {
			s->damaged += why.code != EX_NOINPUT;
			continue;
		}
		count_mail(s, conf, p, &mail);
		count_rcpts(s, &mail, p->owner);
		spool_close(&mail);
	}
	spool_list_free(&list);
	return status;
}

static int
by_count(const void *a, const void *b)
{
	const struct tallied *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

/* The most frequent first. */
static void
sort(struct tally *t)
{
	if (t->count > 0)
		qsort(t->list, t->count, sizeof(*t->list), by_count);
}

int
stats_collect(struct stats *s, const struct conf *conf, struct fault *f)
{
	struct place_walk walk;
	struct place part;
	int status = 0;

	*s = (struct stats){ .now = time(NULL) };
	if (place_walk(&walk, conf, f) != 0)
		return -1;
	(void)snprintf(s->path, sizeof(s->path), "%s", walk.whole.path);
	while (status == 0 && place_next(&walk, &part)) {
		status = count_part(s, conf, &part, f);
		place_close(&part);
	}
	place_walk_end(&walk);
	sort(&s->users);
	sort(&s->domains);
	sort(&s->reasons);
	return status;
}

void
stats_free(struct stats *s)
{
	free(s->users.list);
	free(s->domains.list);
	free(s->reasons.list);
}

/* ---- printing ------------------------------------------------------------ */

static void
print_tally(const char *title, const struct tally *t)
{
	if (t->count > 0)
		(void)printf("%s\n", title);
	for (size_t i = 0; i < t->count; i++)
		(void)printf("%9" PRIu64 "  %s\n", t->list[i].count,
		    t->list[i].name);
}

static void
print_text(const struct stats *s)
{
	const struct { const char *name; uint64_t count; } rows[] = {
		{ "messages", s->queued + s->held + s->dead },
		{ "queued", s->queued }, { "due", s->due },
		{ "held", s->held }, { "dead", s->dead },
		{ "damaged", s->damaged }, { "recipients", s->recipients },
		{ "octets", s->octets },
		{ "oldest, s", s->oldest == 0 ? 0 :
		    (uint64_t)(s->now - s->oldest) },
		{ "next try, s", s->next <= s->now ? 0 :
		    (uint64_t)(s->next - s->now) },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)printf("%-12s %12" PRIu64 "\n", rows[i].name,
		    rows[i].count);
	print_tally("recipients by domain:", &s->domains);
	print_tally("recipients by reason:", &s->reasons);
	if (s->users.count > 1)
		print_tally("recipients by user:", &s->users);
}

static void
put_tally(struct buf *b, const char *name, const struct tally *t)
{
	json_open(b, name, '{');
	for (size_t i = 0; i < t->count; i++)
		json_number(b, t->list[i].name, (int64_t)t->list[i].count);
	json_close(b, '}');
}

static void
print_json(const struct stats *s)
{
	struct buf b;

	buf_init(&b, JSON_MAX);
	json_open(&b, NULL, '{');
	json_text(&b, "spool", s->path);
	json_number(&b, "messages", (int64_t)(s->queued + s->held + s->dead));
	json_number(&b, "queued", (int64_t)s->queued);
	json_number(&b, "due", (int64_t)s->due);
	json_number(&b, "held", (int64_t)s->held);
	json_number(&b, "dead", (int64_t)s->dead);
	json_number(&b, "damaged", (int64_t)s->damaged);
	json_number(&b, "recipients", (int64_t)s->recipients);
	json_number(&b, "octets", (int64_t)s->octets);
	json_number(&b, "time", s->now);
	json_number(&b, "oldest", s->oldest);
	json_number(&b, "next_try", s->next);
	put_tally(&b, "domains", &s->domains);
	put_tally(&b, "reasons", &s->reasons);
	put_tally(&b, "users", &s->users);
	json_close(&b, '}');
	(void)buf_char(&b, '\n');
	if (!b.failed)
		(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

int
stats_print(const struct conf *conf, bool json, struct fault *f)
{
	struct stats s;
	int status = stats_collect(&s, conf, f);

	if (status == 0 || f->code == EX_UNAVAILABLE) {
		status = 0;
		(json ? print_json : print_text)(&s);
		if (fflush(stdout) != 0 || ferror(stdout))
			status = fault(f, EX_IOERR,
			    "standard output: cannot be written");
	}
	stats_free(&s);
	return status;
}

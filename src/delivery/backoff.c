/* SPDX-License-Identifier: ISC */
/*
 * Relays that do not work, remembered from one run to the next in the file
 * "relays" beside the mail, so that one that is dead is asked at times of its
 * own and not whenever some mail is due.  A line for each:
 *
 *	ASKED        NEXT         TRIES NAME
 *	001795346400 001795347000 0002 submission://smtp.example.com
 *
 * It is advice, and nothing more: it is not synced, may be lost or damaged,
 * and then relays are asked more often than need be.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/privilege.h"
#include "delivery/backoff.h"
#include "delivery/retry.h"
#include "delivery/spool.h"

enum {
	DELAY_MAX = 60 * 60,		/* mail that comes soon again is */
	STALE = 24 * 60 * 60,		/* worth more than a few calls */
	TIME_WIDTH = 12, TRIES_WIDTH = 4,
	NAME_AT = 2 * (TIME_WIDTH + 1) + TRIES_WIDTH + 1
};

enum event { CLAIM, FAIL, WORK };

/* ---- the text ------------------------------------------------------------ */

/* Printable, and UTF-8 as far as we know. */
static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			return false;
	return s.n > 0 && s.n < BACKOFF_NAME_MAX;
}

/* Digits and a blank at the start of the text, taken off it; -1: not so. */
static int64_t
take_number(struct str *s, size_t width)
{
	int64_t n = 0;

	if (s->n <= width || s->p[width] != ' ')
		return -1;
	for (size_t i = 0; i < width; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return -1;
		n = n * 10 + (s->p[i] - '0');
	}
	*s = (struct str){ s->p + width + 1, s->n - width - 1 };
	return n;
}

static struct backoff *
find(struct backoff_table *t, struct str name)
{
	for (size_t i = 0; i < t->count; i++)
		if (str_eq(t->relay[i].name, name))
			return &t->relay[i];
	return NULL;
}

/* Not of another time, by a clock that is right at last. */
static bool
is_current(const struct backoff *b, int64_t now)
{
	return b->asked <= now && b->next > now - STALE &&
	    b->next <= now + DELAY_MAX * 2;
}

void
backoff_parse(struct backoff_table *t, struct str text, int64_t now)
{
	struct str line;

	t->count = 0;
	while (t->count < BACKOFF_MAX && str_cut(&text, '\n', &line) &&
	    text.p != NULL) {
		struct backoff b = { .name = line };
		int64_t tries;

		b.asked = take_number(&b.name, TIME_WIDTH);
		b.next = take_number(&b.name, TIME_WIDTH);
		tries = take_number(&b.name, TRIES_WIDTH);
		b.tries = (unsigned)tries;
		if (b.asked >= 0 && b.next >= 0 && tries > 0 &&
		    line.n - b.name.n == NAME_AT && is_name(b.name) &&
		    is_current(&b, now) && find(t, b.name) == NULL)
			t->relay[t->count++] = b;
	}
}

void
backoff_format(struct buf *b, const struct backoff_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		(void)buf_fmt(b, "%012" PRId64 " %012" PRId64 " %04u %.*s\n",
		    t->relay[i].asked, t->relay[i].next, t->relay[i].tries,
		    STR_ARG(t->relay[i].name));
}

/*
 * The relay's name in the file: its URL, for direct:// with the domain behind
 * it.  False when nothing can be known of it: there is no file, or the name is
 * too long.
 */
static bool
name_of(const struct relay *r, const char *domain, const struct place *p,
    char name[BACKOFF_NAME_MAX])
{
	int n;

	if (p == NULL || p->dir < 0)
		return false;
	n = snprintf(name, BACKOFF_NAME_MAX, "%s%s%s", r->url,
	    domain[0] == '\0' ? "" : " ", domain);
	if (n < 0 || n >= BACKOFF_NAME_MAX || !is_name(str_of(name)))
		return false;
	/* Only domains can be spelt in several ways on one machine. */
	for (char *c = name + strlen(name) - strlen(domain); *c != '\0'; c++)
		*c = ascii_lower(*c);
	return true;
}

/* ---- events -------------------------------------------------------------- */

static bool
may_ask(const struct backoff *b, enum backoff_caller caller, int64_t now)
{
	return b == NULL || caller == BACKOFF_ANYBODY || b->next <= now ||
	    (caller == BACKOFF_FRESH && b->asked + RETRY_FIRST <= now);
}

static void
count_try(struct backoff *b, int64_t now)
{
	b->asked = now;
	if (b->tries < RETRY_TRIES_MAX)
		b->tries++;
	b->next = now + retry_delay(b->tries, DELAY_MAX);
}

/* A new line; in a full table instead of the one that is over first. */
static struct backoff *
add(struct backoff_table *t, struct str name)
{
	struct backoff *b = &t->relay[0];

	if (t->count < BACKOFF_MAX)
		b = &t->relay[t->count++];
	else
		for (size_t i = 1; i < t->count; i++)
			if (t->relay[i].next < b->next)
				b = &t->relay[i];
	*b = (struct backoff){ .name = name };
	return b;
}

/* True when the table has changed. */
static bool
apply(struct backoff_table *t, struct str name, enum event event, int64_t now)
{
	struct backoff *b = find(t, name);

	if (event == WORK) {
		if (b == NULL)
			return false;
		*b = t->relay[--t->count];
		return true;
	}
	if (b == NULL && event == FAIL)
		b = add(t, name);
	/* Who asks before its time does not put that off. */
	else if (b == NULL || (event == FAIL && b->next > now))
		return false;
	count_try(b, now);
	return true;
}

/* ---- the file ------------------------------------------------------------ */

/* Root may look into what another user owns: only a file of his own counts. */
static int
open_file(const struct place *p, int flags)
{
	const bool make = (flags & O_CREAT) != 0;
	int fd = make ? io_create(p->dir, SPOOL_RELAYS, flags | SPOOL_FLAGS) :
	    openat(p->dir, SPOOL_RELAYS, flags | SPOOL_FLAGS);
	struct stat st;

	if (fd < 0)
		return -1;
	if (make && p->owner != privilege_user())
		(void)fchown(fd, p->owner, (gid_t)-1);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == p->owner)
		return fd;
	(void)close(fd);
	return -1;
}

static void
read_file(int fd, struct buf *text, struct backoff_table *t, int64_t now)
{
	char *room = buf_room(text, BACKOFF_SIZE_MAX);
	ssize_t n = room == NULL ? -1 : pread(fd, room, BACKOFF_SIZE_MAX, 0);

	if (n > 0)
		text->n = (size_t)n;
	backoff_parse(t, buf_view(text), now);
}

static void
write_file(const struct place *p, int fd, const struct backoff_table *t)
{
	struct fault ignored;
	struct buf text;

	buf_init(&text, BACKOFF_SIZE_MAX);
	backoff_format(&text, t);
	if (!text.failed &&
	    spool_write(fd, buf_view(&text), 0, &ignored) == 0)
		(void)ftruncate(fd, (off_t)text.n);
	if (t->count == 0)
		(void)unlinkat(p->dir, SPOOL_RELAYS, 0);
	buf_free(&text);
}

/* Whether it may be asked; notes what has become of that, or is to. */
static bool
record(const struct place *p, const char *name, enum event event,
    enum backoff_caller caller, int64_t now)
{
	struct backoff_table t;
	struct buf text;
	bool may = true;
	int fd;

	fd = open_file(p, O_RDWR);
	if (fd < 0 && errno == ENOENT && event == FAIL)
		fd = open_file(p, O_RDWR | O_CREAT | O_EXCL);
	if (fd < 0)
		return true;
	buf_init(&text, BACKOFF_SIZE_MAX);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		read_file(fd, &text, &t, now);
		may = may_ask(find(&t, str_of(name)), caller, now);
		if (may && apply(&t, str_of(name), event, now))
			write_file(p, fd, &t);
	}
	buf_free(&text);
	(void)close(fd);
	return may;
}

int64_t
backoff_until(const struct place *p, const struct relay *r,
    const char *domain, enum backoff_caller caller, int64_t now)
{
	char name[BACKOFF_NAME_MAX];
	const struct backoff *b;
	struct backoff_table t;
	struct buf text;
	int64_t next = 0;
	int fd;

	if (!name_of(r, domain, p, name) || (fd = open_file(p, O_RDONLY)) < 0)
		return 0;
	buf_init(&text, BACKOFF_SIZE_MAX);
	read_file(fd, &text, &t, now);
	b = find(&t, str_of(name));
	if (!may_ask(b, caller, now))
		next = b->next;
	buf_free(&text);
	(void)close(fd);
	return next;
}

bool
backoff_claim(const struct place *p, const struct relay *r,
    const char *domain, enum backoff_caller caller, int64_t now)
{
	char name[BACKOFF_NAME_MAX];

	return caller == BACKOFF_ANYBODY || !name_of(r, domain, p, name) ||
	    record(p, name, CLAIM, caller, now);
}

void
backoff_failed(const struct place *p, const struct relay *r,
    const char *domain, int64_t now)
{
	char name[BACKOFF_NAME_MAX];

	if (name_of(r, domain, p, name))
		(void)record(p, name, FAIL, BACKOFF_ANYBODY, now);
}

void
backoff_worked(const struct place *p, const struct relay *r,
    const char *domain)
{
	char name[BACKOFF_NAME_MAX];

	if (name_of(r, domain, p, name))
		(void)record(p, name, WORK, BACKOFF_ANYBODY, time(NULL));
}

/* SPDX-License-Identifier: ISC */
/*
 * From the header that was read to the header that leaves.  Nothing is copied
 * that stays: the result is a row of views of the original with the changes
 * between them, so that what is not ours to touch cannot be changed.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/stdlib.h>

#include "base/base64.h"
#include "mail/addr.h"
#include "mail/header.h"
#include "mail/message.h"
#include "mail/rewrite.h"

enum {
	HAS_DATE = 1, HAS_FROM = 2, HAS_TO = 4, HAS_ID = 8,
	REMOVED = 16,		/* taken out of the message */
	ADDRESSES = 32,		/* its addresses get a domain */
	RESENT = 64		/* counts for the Resent- block */
};

/* What each field means here; all others pass. */
static const struct {
	const char	*name;
	int		 what;
} known[] = {
	{ "Bcc", REMOVED },
	{ "Cc", HAS_TO | ADDRESSES },
	{ "Date", HAS_DATE },
	{ "From", HAS_FROM | ADDRESSES },
	{ "Message-ID", HAS_ID },
	{ "Reply-To", ADDRESSES },
	{ "Resent-Bcc", REMOVED | RESENT },
	{ "Resent-Cc", ADDRESSES | RESENT | HAS_TO },
	{ "Resent-Date", RESENT | HAS_DATE },
	{ "Resent-From", ADDRESSES | RESENT | HAS_FROM },
	{ "Resent-Message-ID", RESENT | HAS_ID },
	{ "Resent-Reply-To", ADDRESSES | RESENT },
	{ "Resent-Sender", ADDRESSES | RESENT },
	{ "Resent-To", ADDRESSES | RESENT | HAS_TO },
	{ "Return-Path", REMOVED },
	{ "Sender", ADDRESSES },
	{ "To", HAS_TO | ADDRESSES },
};

/* A longer display name is cut: the line it stands on has a limit. */
enum { NAME_MAX_OCTETS = 300 };

static int
meaning(const struct field *field)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (header_is(field, known[i].name))
			return known[i].what;
	return 0;
}

void
pieces_free(struct pieces *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->piece[i].own);
	free(p->piece);
	*p = (struct pieces){ 0 };
}

/*
 * Appends a view; one that goes on where the last ended is joined to it.
 * own is freed when there is no memory.
 */
static int
append(struct pieces *p, struct str text, char *own, struct fault *f)
{
	struct piece *last = p->count > 0 ? &p->piece[p->count - 1] : NULL;

	if (text.n == 0)
		return 0;
	if (own == NULL && last != NULL && last->own == NULL &&
	    last->text.p + last->text.n == text.p) {
		last->text.n += text.n;
		return 0;
	}
	if (p->count == p->room) {
		size_t room = p->room == 0 ? 16 : p->room * 2;
		struct piece *grown = reallocarray(p->piece, room,
		    sizeof(*grown));

		if (grown == NULL) {
			free(own);
			return fault(f, EX_OSERR, "header: out of memory");
		}
		p->piece = grown;
		p->room = room;
	}
	p->piece[p->count++] = (struct piece){ text, own };
	return 0;
}

/* Appends bytes of our own: the buffer is used up. */
static int
append_made(struct pieces *p, struct buf *made, struct fault *f)
{
	if (made->failed) {
		buf_free(made);
		return fault(f, EX_OSERR, "header: out of memory");
	}
	return append(p, buf_view(made), made->p, f);
}

/* A line that grows: where it begins in the original, and what was added. */
struct line {
	const char	*begin;
	size_t		 added;
};

/*
 * True when n octets may be added at a place in the line; the text goes on
 * from there.  *fold: white space, which is allowed there, must follow them,
 * or what is left of the line would make it too long (RFC 5322 section
 * 2.1.1), but not where that is only white space (section 3.2.2).
 */
static bool
grow(struct line *line, struct str text, size_t n, bool *fold)
{
	const char *lf = memrchr(line->begin, '\n',
	    (size_t)(text.p - line->begin));
	struct str left;
	size_t used;

	if (lf != NULL)
		*line = (struct line){ lf + 1, 0 };
	used = (size_t)(text.p - line->begin) + line->added + n;
	(void)str_cut(&text, '\r', &left);
	*fold = used + left.n > MESSAGE_LINE_MAX;
	if (used > MESSAGE_LINE_MAX || (*fold && str_trim(left).n == 0))
		return false;
	if (*fold)
		*line = (struct line){ left.p, 1 };
	else
		line->added += n;
	return true;
}

/* Passes an address field on, with domains put where they are missing. */
static int
qualify(struct pieces *p, const struct field *field,
    const struct identity *id, struct fault *f)
{
	const char *from = field->raw.p, *stop = from + field->raw.n;
	struct str at = STR("@"), domain = str_of(id->domain);
	struct line line = { from, 0 };
	struct fault ignored;
	struct addr_list list;
	struct addr addr;
	bool fold;
	int more;

	addr_start(&list, field->body);
	while ((more = addr_next(&list, &addr, &ignored)) != 0) {
		if (more < 0 || addr.empty || addr.end == NULL ||
		    !grow(&line, (struct str){ addr.end, (size_t)(stop -
		    addr.end) }, at.n + domain.n, &fold))
			continue;
		if (append(p, (struct str){ from, (size_t)(addr.end - from) },
		    NULL, f) != 0 ||
		    append(p, at, NULL, f) != 0 ||
		    append(p, domain, NULL, f) != 0 ||
		    (fold && append(p, STR("\r\n "), NULL, f) != 0))
			return -1;
		from = addr.end;
	}
	return append(p, (struct str){ from, (size_t)(stop - from) }, NULL, f);
}

/* Octets of s, at most n, that end where a UTF-8 character ends. */
static size_t
whole_characters(struct str s, size_t n)
{
	if (n >= s.n)
		return s.n;
	for (size_t i = n; i > 0 && n - i < 4; i--)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return i;
	return n;
}

/* A text as encoded words of at most 75 octets, RFC 2047 section 2. */
static void
encoded_words(struct buf *b, struct str s)
{
	enum { PER_WORD = 45 };

	for (size_t n; s.n > 0; s.p += n, s.n -= n) {
		n = whole_characters(s, PER_WORD);
		(void)buf_puts(b, "=?utf-8?B?");
		(void)base64_encode(b, (struct str){ s.p, n });
		(void)buf_puts(b, n < s.n ? "?=\r\n " : "?=");
	}
}

/* A display name as a phrase: as it is, quoted, or encoded words. */
static void
phrase(struct buf *b, struct str name)
{
	static const char atext[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~ ";
	bool plain = true;

	name.n = whole_characters(name, NAME_MAX_OCTETS);
	if (str_has_8bit(name)) {
		encoded_words(b, name);
		return;
	}
	for (size_t i = 0; i < name.n; i++)
		plain = plain && name.p[i] != '\0' &&
		    strchr(atext, name.p[i]) != NULL;
	if (plain) {
		(void)buf_str(b, name);
		return;
	}
	(void)buf_char(b, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			(void)buf_char(b, '\\');
		/* Control characters have no place in a name. */
		(void)buf_char(b, (unsigned char)name.p[i] < ' ' ||
		    name.p[i] == 127 ? ' ' : name.p[i]);
	}
	(void)buf_char(b, '"');
}

static void
make_date(struct buf *b, const char *name, const struct identity *id)
{
	static const char *const day[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
	    "Fri", "Sat" };
	static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm;
	long minutes;

	if (localtime_r(&id->now, &tm) == NULL)
		(void)gmtime_r(&(time_t){ 0 }, &tm);
	minutes = labs(tm.tm_gmtoff) / 60;
	(void)buf_fmt(b, "%s: %s, %d %s %d %02d:%02d:%02d %c%02ld%02ld\r\n",
	    name, day[tm.tm_wday], tm.tm_mday, month[tm.tm_mon],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static void
make_from(struct buf *b, const char *name, const struct identity *id)
{
	(void)buf_fmt(b, "%s: ", name);
	if (id->name == NULL || id->name[0] == '\0') {
		(void)buf_fmt(b, "%s\r\n", id->address);
		return;
	}
	phrase(b, str_of(id->name));
	(void)buf_fmt(b, " <%s>\r\n", id->address);
}

static void
make_message_id(struct buf *b, const char *name, const struct identity *id)
{
	uint64_t random;
	struct tm tm;

	arc4random_buf(&random, sizeof(random));
	if (gmtime_r(&id->now, &tm) == NULL)
		tm = (struct tm){ 0 };
	(void)buf_fmt(b, "%s: <%04d%02d%02d%02d%02d%02d.%016" PRIx64 "@%s>\r\n",
	    name, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, random, id->hostname);
}

/* Adds what RFC 5322 section 3.6 wants and has does not show. */
static int
add_missing(struct pieces *p, int has, bool resent, const struct identity *id)
{
	struct fault ignored;
	struct buf made;

	buf_init(&made, 8192);
	if ((has & HAS_DATE) == 0)
		make_date(&made, resent ? "Resent-Date" : "Date", id);
	if ((has & HAS_FROM) == 0)
		make_from(&made, resent ? "Resent-From" : "From", id);
	if ((has & HAS_TO) == 0 && !resent)
		(void)buf_puts(&made, "To: undisclosed-recipients:;\r\n");
	if ((has & HAS_ID) == 0)
		make_message_id(&made,
		    resent ? "Resent-Message-ID" : "Message-ID", id);
	return append_made(p, &made, &ignored);
}

int
rewrite_header(struct pieces *p, const struct message *m,
    const struct identity *id, struct fault *f)
{
	struct str rest = buf_view(&m->header);
	int has = 0, resent = 0;
	struct field field;

	while (header_next(&rest, &field)) {
		int what = meaning(&field);

		*((what & RESENT) != 0 ? &resent : &has) |= what;
	}
	if (resent != 0 && !id->gateway &&
	    add_missing(p, resent, true, id) != 0)
		goto memory;
	rest = buf_view(&m->header);
	while (header_next(&rest, &field)) {
		int what = meaning(&field);

		if ((what & REMOVED) != 0)
			continue;
		if ((what & ADDRESSES) != 0 && !id->gateway ?
		    qualify(p, &field, id, f) != 0 :
		    append(p, field.raw, NULL, f) != 0)
			return -1;
	}
	if (!id->gateway && add_missing(p, has, false, id) != 0)
		goto memory;
	return append(p, STR("\r\n"), NULL, f);
memory:
	return fault(f, EX_OSERR, "header: out of memory");
}

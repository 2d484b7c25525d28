/* SPDX-License-Identifier: ISC */
/*
 * From the header that was read to the header that leaves.  Nothing is copied
 * that stays: the result is a row of views of the original with the changes
 * between them, so that what is not ours to touch cannot be changed.
 */
#include <stdio.h>
#include <string.h>

#include "config/list.h"
#include "mail/addr.h"
#include "mail/header.h"
#include "mail/message.h"
#include "mail/rewrite.h"

enum {
	HAS_DATE = 1, HAS_FROM = 2, HAS_TO = 4, HAS_ID = 8, HAS_REPLY = 16,
	REMOVED = 32,		/* taken out of the message */
	ADDRESSES = 64,		/* its addresses get a domain */
	AUTHOR = 128,		/* they are senders, too */
	RESENT = 256		/* counts for the Resent- block */
};

/* What each field means here; all others pass. */
static const struct {
	char		 name[28];
	int		 what;
} known[] = {
	{ "Apparently-To", ADDRESSES },
	{ "Bcc", REMOVED },
	{ "Cc", HAS_TO | ADDRESSES },
	{ "Content-Length", REMOVED },
	{ "Date", HAS_DATE },
	{ "Disposition-Notification-To", ADDRESSES },
	{ "Errors-To", ADDRESSES },
	{ "From", HAS_FROM | ADDRESSES | AUTHOR },
	{ "Mail-Followup-To", ADDRESSES },
	{ "Mail-Reply-To", ADDRESSES },
	{ "Message-ID", HAS_ID },
	{ "Reply-To", HAS_REPLY | ADDRESSES },
	{ "Resent-Bcc", REMOVED | RESENT },
	{ "Resent-Cc", ADDRESSES | RESENT | HAS_TO },
	{ "Resent-Date", RESENT | HAS_DATE },
	{ "Resent-From", ADDRESSES | AUTHOR | RESENT | HAS_FROM },
	{ "Resent-Message-ID", RESENT | HAS_ID },
	{ "Resent-Reply-To", ADDRESSES | RESENT },
	{ "Resent-Sender", ADDRESSES | AUTHOR | RESENT },
	{ "Resent-To", ADDRESSES | RESENT | HAS_TO },
	{ "Return-Path", REMOVED },
	{ "Return-Receipt-To", ADDRESSES },
	{ "Sender", ADDRESSES | AUTHOR },
	{ "To", HAS_TO | ADDRESSES },
};

/* A header on its way. */
struct layout {
	struct pieces	*out;
	struct scratch	*scratch;	/* for many of them */
	const struct identity *id;
	struct fault	*fault;
	int		 has, resent;	/* fields there are */
	bool		 forced;	/* From is done */
	struct str	 domain;	/* "@" and it, once it was added */
};

static int
meaning(const struct identity *id, const struct field *field)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (header_is(field, known[i].name))
			return list_names(id->leave, field->name) ?
			    known[i].what & ~(REMOVED | ADDRESSES | AUTHOR) :
			    known[i].what;
	return 0;
}

/* Fields that are not to be added although they are not there. */
static int
left_out(const struct identity *id, int resent)
{
	int what = 0;

	for (size_t i = 0; id->leave != NULL &&
	    i < sizeof(known) / sizeof(known[0]); i++)
		if ((known[i].what & RESENT) == resent &&
		    list_names(id->leave, str_of(known[i].name)))
			what |= known[i].what;
	return what;
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
	size_t used = (size_t)(text.p - line->begin);
	const char *lf;
	struct str left;

	/* Where that is further away, the line is too long already. */
	lf = used <= MESSAGE_LINE_MAX ? memrchr(line->begin, '\n', used) :
	    memrchr(text.p - MESSAGE_LINE_MAX, '\n', MESSAGE_LINE_MAX);
	/* How much too long it would be makes no difference. */
	if (text.n > MESSAGE_LINE_MAX + 1)
		text.n = MESSAGE_LINE_MAX + 1;
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

static int
put_copy(struct layout *l, const char *text)
{
	struct buf made;

	buf_init(&made, ADDR_MAX);
	(void)buf_puts(&made, text);
	return pieces_made(l->out, &made, l->fault);
}

/*
 * What should stand in place of the address: 1 with another one, 0 when it
 * may stay, -1 on a fault.
 */
static int
author(const struct layout *l, const struct addr *a,
    char other[ADDR_MAX + 1])
{
	char whole[2 * ADDR_MAX + 2];

	(void)snprintf(whole, sizeof(whole), "%s%s%s", a->spec,
	    a->domain == NULL ? "@" : "",
	    a->domain == NULL ? l->id->domain : "");
	return sender_map(l->id->map, whole, other, l->fault);
}

/* By how many octets the other address is longer. */
static size_t
longer(const struct addr *a, const char *other)
{
	size_t n = strlen(other);

	return n > a->written.n ? n - a->written.n : 0;
}

/* Puts a domain behind an address that has none. */
static int
put_domain(struct layout *l)
{
	struct buf made;

	if (l->domain.n > 0)
		return pieces_add(l->out, l->domain, l->fault);
	buf_init(&made, 1 + strlen(l->id->domain));
	(void)buf_fmt(&made, "@%s", l->id->domain);
	l->domain = buf_view(&made);
	return pieces_made(l->out, &made, l->fault);
}

/* Passes on what stands before the address, and the address as it should be. */
static int
put(struct layout *l, const char *from, const struct addr *a,
    const char *other)
{
	const char *until = a->written.p;

	if (other == NULL)
		until += a->written.n;
	if (pieces_add(l->out, (struct str){ from, (size_t)(until - from) },
	    l->fault) != 0)
		return -1;
	if ((other == NULL ? put_domain(l) : put_copy(l, other)) != 0 ||
	    pieces_pack(l->out, l->scratch, l->fault) != 0)
		return -1;
	/* The domain was one of the pieces. */
	if (l->out->count == 0)
		l->domain.n = 0;
	return 0;
}

/*
 * Passes addresses on, in the body of a field at the end of text, with those
 * changed that have to be.  column: octets on the line before the text.
 */
static int
edit(struct layout *l, struct str text, struct str body, int what,
    size_t column)
{
	const char *from = text.p, *stop = text.p + text.n;
	const bool mapped = (what & AUTHOR) != 0 && l->id->map != NULL &&
	    !l->id->gateway;
	int (*next)(struct addr_list *, struct addr *, struct fault *) =
	    mapped ? addr_next : addr_next_bare;
	struct line line = { from, column };
	char other[ADDR_MAX + 1];
	struct fault ignored;
	struct addr_list list;
	struct addr a;
	int more, change = 0;
	bool fold;

	addr_start(&list, body);
	while ((more = next(&list, &a, &ignored)) != 0) {
		struct str rest;

		if (more < 0 || a.empty)
			continue;
		if (mapped && (change = author(l, &a, other)) < 0)
			return -1;
		if (change == 0 && a.domain != NULL)
			continue;
		rest.p = a.written.p + a.written.n;
		rest.n = (size_t)(stop - rest.p);
		if (!grow(&line, rest, change ? longer(&a, other) :
		    1 + strlen(l->id->domain), &fold))
			continue;
		if (put(l, from, &a, change ? other : NULL) != 0 ||
		    (fold && pieces_add(l->out, STR("\r\n "), l->fault) != 0))
			return -1;
		from = rest.p;
	}
	return pieces_add(l->out, (struct str){ from, (size_t)(stop - from) },
	    l->fault);
}

/* The only author there may be is there, and nobody else. */
static bool
is_forced(const struct layout *l, struct addr_list rest, const struct addr *a)
{
	struct fault ignored;
	struct addr next;

	return a->domain != NULL &&
	    str_ieq(str_of(a->spec), str_of(l->id->force)) &&
	    addr_next(&rest, &next, &ignored) == 0;
}

/* The author's address replaced by the one there may be; "" if too long. */
static void
compose_forced(const struct layout *l, struct buf *made, const struct addr *a)
{
	const char *behind = a->written.p + a->written.n;
	struct str rest, line;

	(void)buf_puts(made, "From: ");
	(void)buf_add(made, a->text.p, (size_t)(a->written.p - a->text.p));
	(void)buf_puts(made, l->id->force);
	(void)buf_add(made, behind, (size_t)(a->text.p + a->text.n - behind));
	(void)buf_puts(made, "\r\n");
	rest = buf_view(made);
	while (str_cut(&rest, '\n', &line))
		if (line.n > MESSAGE_LINE_MAX + 1)
			buf_clear(made);
}

/* What stood in From, as Reply-To. */
static int
reply_to(struct layout *l, const struct field *field)
{
	const struct str body = str_trim(field->body);
	struct str text = body, rest = body, line;
	struct buf made;
	bool fold;

	(void)str_cut(&rest, '\r', &line);
	fold = sizeof("Reply-To: ") - 1 + line.n > MESSAGE_LINE_MAX;
	buf_init(&made, 64);
	(void)buf_puts(&made, fold ? "Reply-To:\r\n " : "Reply-To: ");
	if (pieces_made(l->out, &made, l->fault) != 0)
		return -1;
	text.n = (size_t)(field->raw.p + field->raw.n - body.p);
	return edit(l, text, body, AUTHOR, fold ? 1 : sizeof("Reply-To: ") - 1);
}

/* Makes From the one author there may be. */
static int
force(struct layout *l, const struct field *field)
{
	struct fault ignored;
	struct addr_list list;
	struct addr a;
	struct buf made;
	bool found;

	if (l->forced)
		return 0;
	l->forced = true;
	addr_start(&list, field->body);
	found = addr_next(&list, &a, &ignored) == 1 && !a.empty;
	if (found && is_forced(l, list, &a))
		return pieces_add(l->out, field->raw, l->fault);
	buf_init(&made, field->body.n + 1024);
	if (found)
		compose_forced(l, &made, &a);
	if (made.n == 0)
		compose_from(&made, "From", l->id->name, l->id->force);
	if (pieces_made(l->out, &made, l->fault) != 0)
		return -1;
	return found && (l->has & HAS_REPLY) == 0 ? reply_to(l, field) : 0;
}

/* Adds what RFC 5322 section 3.6 wants and has does not show. */
static int
add_missing(struct layout *l, int has, bool resent)
{
	const struct identity *id = l->id;
	struct stamp stamp;
	struct buf made;

	if ((has & HAS_ID) == 0)
		stamp_draw(id->stamp);
	/* Resent- fields are about another message, with another name. */
	stamp = (struct stamp){ id->stamp->now, id->stamp->random + resent };
	buf_init(&made, 8192);
	if ((has & HAS_DATE) == 0)
		compose_date(&made, resent ? "Resent-Date" : "Date", &stamp);
	if ((has & HAS_FROM) == 0)
		compose_from(&made, resent ? "Resent-From" : "From", id->name,
		    id->force != NULL ? id->force : id->address);
	if ((has & HAS_TO) == 0 && !resent)
		(void)buf_puts(&made, "To: undisclosed-recipients:;\r\n");
	if ((has & HAS_ID) == 0)
		compose_message_id(&made, resent ? "Resent-Message-ID" :
		    "Message-ID", &stamp, id->hostname);
	return pieces_made(l->out, &made, l->fault);
}

/*
 * Passes the name on without blanks before the colon, which nobody may send
 * (RFC 5322 section 4.5); returns what follows it.
 */
static struct str
put_name(struct layout *l, const struct field *field, int *status)
{
	struct str text = field->raw;
	const char *colon = field->body.p - 1;

	*status = 0;
	if (l->id->gateway || field->name.n == 0 ||
	    field->name.p + field->name.n == colon)
		return text;
	*status = pieces_add(l->out, field->name, l->fault);
	text.n -= (size_t)(colon - text.p);
	text.p = colon;
	return text;
}

/* Passes a field on, as it is or changed, or leaves it out. */
static int
pass(struct layout *l, const struct field *field)
{
	int what = meaning(l->id, field), status;
	struct str text;

	if ((what & REMOVED) != 0)
		return 0;
	if (l->id->force != NULL && what == (HAS_FROM | ADDRESSES | AUTHOR))
		return force(l, field);
	/* Who sends for himself has no Sender (RFC 5322 section 3.6.2). */
	if (l->id->force != NULL && what == (ADDRESSES | AUTHOR))
		return 0;
	text = put_name(l, field, &status);
	if (status != 0)
		return -1;
	if ((what & ADDRESSES) != 0 && !l->id->gateway)
		return edit(l, text, field->body, what,
		    text.p == field->raw.p ? 0 : field->name.n);
	return pieces_add(l->out, text, l->fault);
}

int
rewrite_header(struct pieces *p, struct message *m,
    const struct identity *id, struct fault *f)
{
	struct layout l = { .out = p, .scratch = &m->scratch, .id = id,
	    .fault = f };
	struct str rest = buf_view(&m->header);
	struct field field;

	while (header_next(&rest, &field)) {
		int what = meaning(id, &field);

		*((what & RESENT) != 0 ? &l.resent : &l.has) |= what;
	}
	if (l.resent != 0 && !id->gateway &&
	    add_missing(&l, l.resent | left_out(id, RESENT), true) != 0)
		return -1;
	rest = buf_view(&m->header);
	while (header_next(&rest, &field))
		if (pass(&l, &field) != 0)
			return -1;
	if (!id->gateway &&
	    add_missing(&l, l.has | left_out(id, 0), false) != 0)
		return -1;
	return pieces_add(p, STR("\r\n"), f) != 0 ? -1 : pieces_unpack(p, f);
}

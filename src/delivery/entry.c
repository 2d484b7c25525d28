/* SPDX-License-Identifier: ISC */
/*
 * The head of a file in the spool: what is known of a mail besides its text.
 * Lines "key value" in a fixed order; "is" lines follow each recipient:
 *
 *	sendlet-spool 1 0000000793
 *	state Q			q: the sender has been told of the delay
 *	tries 0001
 *	next 001795346400
 *	created 001795346100
 *	route 0000000000000000
 *	header 000000000345 7
 *	body 000000004711 8
 *	ret full
 *	envid QQ314159
 *	requiretls yes
 *	priority +3
 *	by 001795349700 R-
 *	sender kit@example.org
 *	to pat@example.net
 *	orig root
 *	notify 6
 *	orcpt rfc822;pat@example.net
 *	is Q 4.4.1       relay.example.com ...  connection refused ...
 *
 * An empty line ends it.  Those from ret to by, orig, notify and
 * orcpt may be missing.
 * What changes (state, tries, next, is) is always as wide as before.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/string.h>

#include "base/pages.h"
#include "delivery/entry.h"
#include "mail/addr.h"

enum {
	DSN_WIDTH = 11,
	RELAY_WIDTH = 80,
	REPLY_WIDTH = 240,
	PART = 100,		/* recipients that are written at a time */
	IS_WIDTH = 2 + DSN_WIDTH + 1 + RELAY_WIDTH + 1 + REPLY_WIDTH
};

#define NUMBER_MAX	UINT64_C(999999999999)

/* How a recipient's result is written down. */
static char
letter(const struct rcpt *r)
{
	switch (r->state) {
	case RCPT_SENT:
		return 'D';
	case RCPT_PERMANENT:
		return r->told ? 'R' : 'F';
	default:
		return r->unsure ? 'S' : 'Q';
	}
}

/* A name can be left out; an address cannot. */
static bool
is_name(const char *text)
{
	if (text == NULL || text[0] == '\0')
		return false;
	while ((unsigned char)*text >= ' ' && *text != 127)
		text++;
	return *text == '\0';
}

static void
format_rcpt(struct buf *b, const struct rcpt *r)
{
	(void)buf_fmt(b, "to %s\n", r->address);
	if (is_name(r->names->orig))
		(void)buf_fmt(b, "orig %s\n", r->names->orig);
	if (r->notify != 0)
		(void)buf_fmt(b, "notify %X\n", r->notify);
	if (r->names->orcpt != NULL)
		(void)buf_fmt(b, "orcpt %s\n", r->names->orcpt);
	(void)buf_fmt(b, "is %c %-*.*s ", letter(r), DSN_WIDTH, DSN_WIDTH,
	    r->last->dsn);
	(void)buf_fmt(b, "%-*.*s %-*.*s\n", RELAY_WIDTH, RELAY_WIDTH,
	    r->last->relay, REPLY_WIDTH, REPLY_WIDTH, r->last->reply);
}

static void
format_start(struct buf *b, const struct entry *t, const struct envelope *e)
{
	(void)buf_fmt(b, "sendlet-spool 1 %010zu\nstate %c\ntries %04u\n"
	    "next %012" PRIu64 "\ncreated %012" PRIu64 "\nroute %016" PRIx64
	    "\n", t->head, t->warned ? ascii_lower((char)t->state) :
	    (char)t->state, t->tries, (uint64_t)t->next,
	    (uint64_t)t->created, t->route);
	(void)buf_fmt(b, "header %012" PRIu64 " %c\nbody %012" PRIu64 " %c\n",
	    t->header, t->header_kind, t->body, t->body_kind);
	if (e->ret != DSN_RET_UNSET)
		(void)buf_fmt(b, "ret %s\n", e->ret == DSN_RET_FULL ? "full" :
		    "hdrs");
	if (e->envid != NULL)
		(void)buf_fmt(b, "envid %s\n", e->envid);
	service_write(b, &e->service);
	(void)buf_fmt(b, "sender %s\n", e->sender);
}

size_t
entry_format(struct buf *b, const struct entry *t, const struct envelope *e,
    size_t part)
{
	const size_t end = e->count - part < PART ? e->count : part + PART;

	if (part == 0)
		format_start(b, t, e);
	for (; part < end; part++)
		format_rcpt(b, &e->rcpt[part]);
	if (part < e->count)
		return part;
	(void)buf_char(b, '\n');
	return 0;
}

/* A head being read; the first thing that is wrong is kept. */
struct reader {
	struct str	 rest;
	const char	*wrong;		/* NULL: nothing so far */
};

static void
wrong(struct reader *r, const char *what)
{
	if (r->wrong == NULL)
		r->wrong = what;
	r->rest = (struct str){ NULL, 0 };
}

/* True when the next line is this key's; takes the value off if so. */
static bool
optional(struct reader *r, const char *key, struct str *value)
{
	size_t n = strlen(key);
	struct str line, rest = r->rest;

	pages_passed(rest.p);
	if (!str_cut(&rest, '\n', &line) || rest.p == NULL || line.n <= n ||
	    memcmp(line.p, key, n) != 0 || line.p[n] != ' ')
		return false;
	*value = (struct str){ line.p + n + 1, line.n - n - 1 };
	r->rest = rest;
	return true;
}

static struct str
required(struct reader *r, const char *key)
{
	struct str value = { NULL, 0 };

	if (r->wrong == NULL && !optional(r, key, &value))
		wrong(r, key);
	return value;
}

/* Exactly width digits. */
static uint64_t
number(struct reader *r, struct str text, size_t width, const char *what)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			wrong(r, what);
			return 0;
		}
		n = n * 10 + (uint64_t)(text.p[i] - '0');
		if (n > NUMBER_MAX)
			break;
	}
	if (text.n != width)
		wrong(r, what);
	return n;
}

/* Sixteen hexadecimal digits. */
static uint64_t
hash_line(struct reader *r, const char *key)
{
	static const char hex[] = "0123456789abcdef";
	struct str text = required(r, key);
	uint64_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		const char *p = memchr(hex, text.p[i], 16);

		if (p == NULL) {
			wrong(r, key);
			return 0;
		}
		n = n << 4 | (uint64_t)(p - hex);
	}
	if (text.n != 16)
		wrong(r, key);
	return n;
}

static uint64_t
number_line(struct reader *r, const char *key, size_t width)
{
	return number(r, required(r, key), width, key);
}

/* "header" and "body": octets, and what they are. */
static uint64_t
part_line(struct reader *r, const char *key, char *kind)
{
	struct str text = required(r, key), size = text;

	*kind = text.n == 14 ? text.p[13] : ' ';
	if (text.n != 14 || text.p[12] != ' ' ||
	    memchr(ENTRY_KINDS, *kind, sizeof(ENTRY_KINDS) - 1) == NULL) {
		wrong(r, key);
		return 0;
	}
	size.n = 12;
	return number(r, size, 12, key);
}

/* A C string of its own; NULL after a failure. */
static char *
copy(struct reader *r, struct str text, const char *what)
{
	char *p = NULL;

	if (r->wrong == NULL && memchr(text.p, '\0', text.n) == NULL)
		p = strndup(text.p, text.n);
	if (p == NULL)
		wrong(r, what);
	return p;
}

static bool
is_address(const char *text)
{
	struct fault ignored;
	struct addr a;

	return addr_single(str_of(text), &a, &ignored) == 0 &&
	    a.domain != NULL && strcmp(a.spec, text) == 0;
}

static bool
one_of(const char *set, char c)
{
	return memchr(set, c, strlen(set)) != NULL;
}

/* Takes a field that is padded with blanks off the text, as a C string. */
static void
unpad(struct str *text, char *field, size_t width)
{
	memcpy(field, text->p, width);
	text->p += width + 1;
	while (width > 0 && field[width - 1] == ' ')
		width--;
	field[width] = '\0';
}

static void
parse_result(struct reader *r, struct envelope *e, struct rcpt *rcpt,
    struct str is)
{
	char relay[RELAY_WIDTH + 1], reply[REPLY_WIDTH + 1];
	struct notice n = { .relay = relay, .reply = reply };
	struct str rest = { is.p + 2, is.n - 2 };

	if (is.n != IS_WIDTH || !dsn_printable(is, IS_WIDTH) ||
	    is.p[1] != ' ' || is.p[2 + DSN_WIDTH] != ' ' ||
	    is.p[3 + DSN_WIDTH + RELAY_WIDTH] != ' ' ||
	    !one_of("QSDFR", is.p[0])) {
		wrong(r, "is");
		return;
	}
	unpad(&rest, n.dsn, DSN_WIDTH);
	unpad(&rest, relay, RELAY_WIDTH);
	unpad(&rest, reply, REPLY_WIDTH);
	rcpt->state = is.p[0] == 'D' ? RCPT_SENT : is.p[0] == 'F' ||
	    is.p[0] == 'R' ? RCPT_PERMANENT : RCPT_TEMPORARY;
	rcpt->unsure = is.p[0] == 'S';
	rcpt->told = is.p[0] == 'R';
	n.code = rcpt->state == RCPT_SENT ? EX_OK : EX_UNAVAILABLE;
	rcpt_note(e, rcpt, &n);
}

static void
parse_rcpt(struct reader *r, struct envelope *e, struct str address,
    struct fault *f)
{
	char *text = copy(r, address, "to");
	struct rcpt *rcpt = NULL;
	struct str value;

	if (text != NULL && is_address(text))
		rcpt = envelope_put(e, text, f);
	free(text);
	if (rcpt == NULL) {
		wrong(r, "to");
		return;
	}
	if (optional(r, "orig", &value)) {
		if (memchr(value.p, '\0', value.n) != NULL ||
		    rcpt_called(e, rcpt, value, str_of(NULL)) != 0 ||
		    !is_name(rcpt->names->orig))
			wrong(r, "orig");
	}
	if (r->wrong == NULL && optional(r, "notify", &value)) {
		if (value.n != 1 || !one_of("12468ACE", value.p[0]))
			wrong(r, "notify");
		else
			rcpt->notify = (unsigned char)(value.p[0] <= '9' ?
			    value.p[0] - '0' : value.p[0] - 'A' + 10);
	}
	if (r->wrong == NULL && optional(r, "orcpt", &value)) {
		if (!dsn_printable(value, DSN_ORCPT_MAX) ||
		    rcpt_called(e, rcpt, str_of(NULL), value) != 0)
			wrong(r, "orcpt");
	}
	value = required(r, "is");
	if (r->wrong == NULL)
		parse_result(r, e, rcpt, value);
}

static void
parse_service(struct reader *r, struct service *s)
{
	static const char *const keys[] = { "requiretls", "priority", "by" };
	struct str value;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (r->wrong == NULL && optional(r, keys[i], &value) &&
		    !service_read(s, keys[i], value))
			wrong(r, keys[i]);
}

static void
parse_sender(struct reader *r, struct envelope *e, struct fault *f)
{
	struct str value;
	char *text;

	if (r->wrong == NULL && optional(r, "ret", &value)) {
		if (str_eq(value, STR("full")))
			e->ret = DSN_RET_FULL;
		else if (str_eq(value, STR("hdrs")))
			e->ret = DSN_RET_HDRS;
		else
			wrong(r, "ret");
	}
	if (r->wrong == NULL && optional(r, "envid", &value)) {
		if (!dsn_printable(value, DSN_ENVID_MAX))
			wrong(r, "envid");
		e->envid = copy(r, value, "envid");
	}
	parse_service(r, &e->service);
	text = copy(r, required(r, "sender"), "sender");
	if (text != NULL && ((text[0] != '\0' && !is_address(text)) ||
	    envelope_put_sender(e, text, f) != 0))
		wrong(r, "sender");
	free(text);
}

size_t
entry_head_length(struct str start)
{
	static const char magic[] = "sendlet-spool 1 ";
	struct reader r = { .wrong = NULL };
	uint64_t n;

	if (start.n < ENTRY_START ||
	    memcmp(start.p, magic, sizeof(magic) - 1) != 0 ||
	    start.p[ENTRY_START - 1] != '\n')
		return 0;
	n = number(&r, (struct str){ start.p + sizeof(magic) - 1, 10 }, 10, "");
	return r.wrong != NULL || n < ENTRY_START || n > ENTRY_HEAD_MAX ? 0 :
	    (size_t)n;
}

int
entry_parse(struct entry *t, struct envelope *e, struct str head,
    struct fault *f)
{
	struct reader r = { .rest = head };
	struct str value;

	f->code = 0;
	t->head = entry_head_length(head);
	if (t->head == 0 || t->head != head.n)
		return fault(f, EX_DATAERR, "no spooled message");
	r.rest = (struct str){ head.p + ENTRY_START, head.n - ENTRY_START };
	value = required(&r, "state");
	if (value.n != 1 || !one_of("QHDqhd", value.p[0]))
		wrong(&r, "state");
	else {
		t->warned = value.p[0] >= 'a';
		t->state = (enum entry_state)(value.p[0] & ~('a' - 'A'));
	}
	t->tries = (unsigned)number_line(&r, "tries", 4);
	t->next = (int64_t)number_line(&r, "next", 12);
	t->created = (int64_t)number_line(&r, "created", 12);
	t->route = hash_line(&r, "route");
	t->header = part_line(&r, "header", &t->header_kind);
	t->body = part_line(&r, "body", &t->body_kind);
	parse_sender(&r, e, f);
	while (r.wrong == NULL && optional(&r, "to", &value))
		parse_rcpt(&r, e, value, f);
	if (r.wrong == NULL && (e->count == 0 || !str_eq(r.rest, STR("\n"))))
		wrong(&r, "end");
	if (r.wrong == NULL)
		return 0;
	if (f->code == EX_OSERR)
		return -1;
	return fault(f, EX_DATAERR, "damaged: %s", r.wrong);
}

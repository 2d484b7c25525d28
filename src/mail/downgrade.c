/* SPDX-License-Identifier: ISC */
/*
 * Header fields in the form in which they may leave.  Knows what each field is
 * made of, and which of several ways to say the same the next host can read.
 * RFC 5322, 2047, 2231, 5891; RFC 6857 for what has no other form.
 */
#include <stdio.h>
#include <string.h>

#include "base/idna.h"
#include "base/pages.h"
#include "config/list.h"
#include "mail/downgrade.h"
#include "mail/element.h"
#include "mail/encoded.h"
#include "mail/fold.h"
#include "mail/header.h"
#include "mail/message.h"
#include "mail/parameter.h"

enum kind { TEXT, ADDRESSES, AUTHOR, PHRASES, PARAMETERS, URIS, TOKENS };

/* A name that ends in "-" is the start of several; all others are TEXT. */
static const struct {
	char		 name[28];
	enum kind	 kind;
} known[] = {
	{ "ARC-", TOKENS },
	{ "Apparently-To", ADDRESSES },
	{ "Archived-At", URIS },
	{ "Authentication-Results", TOKENS },
	{ "Auto-Submitted", PARAMETERS },
	{ "Bcc", ADDRESSES },
	{ "Cc", ADDRESSES },
	{ "Content-Base", URIS },
	{ "Content-Disposition", PARAMETERS },
	{ "Content-ID", TOKENS },
	{ "Content-Location", URIS },
	{ "Content-Transfer-Encoding", TOKENS },
	{ "Content-Type", PARAMETERS },
	{ "DKIM-Signature", TOKENS },
	{ "Date", TOKENS },
	{ "Delivered-To", ADDRESSES },
	{ "Disposition-Notification-To", ADDRESSES },
	{ "Errors-To", ADDRESSES },
	{ "From", AUTHOR },
	{ "In-Reply-To", TOKENS },
	{ "Keywords", PHRASES },
	{ "List-Id", PHRASES },
	{ "List-", URIS },
	{ "MIME-Version", TOKENS },
	{ "Mail-Followup-To", ADDRESSES },
	{ "Mail-Reply-To", ADDRESSES },
	{ "Message-ID", TOKENS },
	{ "Original-Recipient", TOKENS },
	{ "Received", TOKENS },
	{ "References", TOKENS },
	{ "Reply-To", ADDRESSES },
	{ "Resent-Bcc", ADDRESSES },
	{ "Resent-Cc", ADDRESSES },
	{ "Resent-Date", TOKENS },
	{ "Resent-From", AUTHOR },
	{ "Resent-Message-ID", TOKENS },
	{ "Resent-Reply-To", ADDRESSES },
	{ "Resent-Sender", AUTHOR },
	{ "Resent-To", ADDRESSES },
	{ "Return-Path", ADDRESSES },
	{ "Return-Receipt-To", ADDRESSES },
	{ "Sender", AUTHOR },
	{ "To", ADDRESSES },
};

/* Behind what a line may be broken, with white space put there. */
static const char *const separators[] = {
	[TEXT] = NULL, [ADDRESSES] = ",", [AUTHOR] = ",", [PHRASES] = ",",
	[PARAMETERS] = ";", [URIS] = ",", [TOKENS] = "",
};

static enum kind
kind_of(const struct field *field)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct str name = str_of(known[i].name);

		if (name.p[name.n - 1] == '-' ?
		    str_istarts(field->name, name) :
		    str_ieq(field->name, name))
			return known[i].kind;
	}
	return TEXT;
}

/* A field being made anew. */
struct making {
	struct buf	 b;
	const struct field *field;
	enum kind	 kind;
	enum encoded_place place;
	bool		 utf8;
	struct fault	*fault;
};

static struct str
view(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

static void
put_text(struct making *m, const char *from, const char *to)
{
	encoded_text(&m->b, view(from, to), m->place, m->utf8);
}

int
address_downgrade(const char *address, char ascii[ADDR_MAX + 1])
{
	const char *at = strrchr(address, '@');
	struct str local = str_of(address);
	char domain[IDNA_MAX + 1] = "";
	struct fault ignored;
	int n;

	if (at != NULL)
		local.n = (size_t)(at + 1 - address);
	if (str_has_8bit(local) || (at != NULL &&
	    idna_ascii(str_of(at + 1), domain, &ignored) != 0))
		return -1;
	n = snprintf(ascii, ADDR_MAX + 1, "%.*s%s", STR_ARG(local), domain);
	return n < 0 || n > ADDR_MAX ? -1 : 0;
}

/* An address that has no form but its own, as text. */
static int
put_removed(struct making *m, const struct addr *a, const char *from,
    bool grouped)
{
	const char *phrase = a->phrase.n > 0 ? a->phrase.p : a->text.p;
	struct str lost = grouped ? a->text : str_of(a->spec);
	struct buf flat;

	if (m->kind == AUTHOR)
		return fault(m->fault, EX_DATAERR, "header: %.*s: <%s>: the "
		    "relay takes ASCII addresses only (RFC 6531)",
		    STR_ARG(m->field->name), a->spec);
	/* A group may have no groups in it, but comments, names and all. */
	put_text(m, from, grouped ? phrase : phrase + a->phrase.n);
	if (m->b.n > 0 && m->b.p[m->b.n - 1] != ' ')
		(void)buf_char(&m->b, ' ');
	(void)buf_puts(&m->b, grouped ? "(" : "Internationalized Address ");
	buf_init(&flat, lost.n);
	for (size_t i = 0; i < lost.n; i++)
		if (lost.p[i] != '\r' && lost.p[i] != '\n')
			(void)buf_char(&flat, lost.p[i]);
	encoded_words(&m->b, buf_view(&flat));
	m->b.failed |= flat.failed;
	buf_free(&flat);
	(void)buf_puts(&m->b, grouped ? ")" : " Removed:;");
	return 0;
}

/* True when the address stands in a group that begins in front of it. */
static bool
opens_group(const char *from, const struct addr *a)
{
	struct str before = str_trim(view(from, a->text.p));

	return before.n > 0 && before.p[before.n - 1] == ':';
}

static int
put_addresses(struct making *m, struct str body)
{
	const char *from = body.p, *end = body.p + body.n;
	char ascii[ADDR_MAX + 1];
	struct addr_list list;
	struct fault ignored;
	struct addr a;
	bool grouped;
	int more;

	addr_start(&list, body);
	for (;;) {
		grouped = list.in_group;
		more = addr_next(&list, &a, &ignored);
		if (more == 0)
			break;
		if (more < 0 || m->utf8 || !str_has_8bit(a.written))
			continue;
		grouped |= list.in_group || opens_group(from, &a);
		if (address_downgrade(a.spec, ascii) == 0) {
			put_text(m, from, a.written.p);
			(void)buf_puts(&m->b, ascii);
			from = a.written.p + a.written.n;
		} else {
			if (put_removed(m, &a, from, grouped) != 0)
				return -1;
			from = a.text.p + a.text.n;
		}
	}
	put_text(m, from, end);
	return 0;
}

/* RFC 3987 section 3.1 within angle brackets, text outside. */
static void
put_uris(struct making *m, struct str body)
{
	const char *p = body.p, *end = body.p + body.n;

	while (p < end) {
		const char *open = memchr(p, '<', (size_t)(end - p));
		const char *close = open == NULL ? NULL :
		    memchr(open, '>', (size_t)(end - open));
		bool escape = close != NULL &&
		    encoded_needed(view(open, close), m->utf8);

		if (close == NULL)
			break;
		put_text(m, p, open);
		for (p = open; p < close; p++) {
			if (escape && (unsigned char)*p >= 128)
				(void)buf_fmt(&m->b, "%%%02X",
				    (unsigned char)*p);
			else
				(void)buf_char(&m->b, *p);
		}
	}
	put_text(m, p, end);
}

/* Whether there are 8-bit octets outside of comments. */
static bool
is_bare(struct str body)
{
	const char *p = body.p, *end = body.p + body.n;
	bool quoted = false;

	while ((p = quoted ? p : element_skip_cfws(p, end)) < end) {
		if ((unsigned char)*p >= 128)
			return true;
		if (*p == '"')
			quoted = !quoted;
		p += *p == '\\' && end - p > 1 ? 2 : 1;
	}
	return false;
}

/* Appends name and body, encoded where that must be. */
static int
encode(struct making *m)
{
	const struct field *field = m->field;
	struct str body = field->body;
	bool bare = m->kind == TOKENS && encoded_needed(body, m->utf8) &&
	    is_bare(body);

	m->place = m->kind == TEXT || bare ? ENCODED_TEXT : ENCODED_PHRASE;
	if (bare)
		(void)buf_puts(&m->b, "Downgraded-");
	(void)buf_str(&m->b, view(field->raw.p, body.p));
	switch (m->kind) {
	case ADDRESSES:
	case AUTHOR:
		if (put_addresses(m, body) != 0)
			return -1;
		break;
	case PARAMETERS:
		parameter_encode(&m->b, body, m->utf8);
		break;
	case URIS:
		put_uris(m, body);
		break;
	case TOKENS:
		if (encoded_needed(body, m->utf8))
			put_text(m, body.p, body.p + body.n);
		else
			(void)buf_str(&m->b, body);
		break;
	default:
		put_text(m, body.p, body.p + body.n);
	}
	(void)buf_puts(&m->b, "\r\n");
	return 0;
}

static bool
has_long_line(struct str s)
{
	size_t n;

	if (s.n <= MESSAGE_LINE_MAX)
		return false;
	for (; s.n > 0; s.p += n, s.n -= n) {
		n = pages_seek_lf(s);
		/* The CR is one of them. */
		if (n > MESSAGE_LINE_MAX + 1)
			return true;
		n += n < s.n;
		pages_passed(s.p + n);
	}
	return false;
}

static int
refuse(const struct field *field, const char *why, struct fault *f)
{
	return fault(f, EX_DATAERR, "header: %.*s: %s",
	    field->name.n > 80 ? 80 : (int)field->name.n, field->name.p, why);
}

/*
 * Makes the field anew and adds it.  It grows most where each octet is a word
 * or an address of its own.
 */
static int
remake(struct buf *out, struct making *m)
{
	const struct field *field = m->field;
	int status;

	buf_init_paged(&m->b, field->raw.n * 32 + 4096, out->scratch);
	status = encode(m);
	buf_settle(&m->b);
	if (status == 0 && fold_field(out, buf_view(&m->b),
	    separators[m->kind]) != 0)
		status = refuse(field, "a line of more than 998 octets, and no "
		    "place to break it (RFC 5322 section 2.1.1)", m->fault);
	out->failed |= m->b.failed;
	buf_free(&m->b);
	return status;
}

/* Whether the field may not leave as it is. */
static bool
must_change(const struct field *field, const struct header_rules *rules)
{
	return encoded_needed(field->raw, rules->utf8) ||
	    has_long_line(field->raw);
}

static int
fit_field(struct buf *out, const struct field *field,
    const struct header_rules *rules, struct fault *f)
{
	struct making m = { .field = field, .kind = kind_of(field),
	    .utf8 = rules->utf8, .fault = f };

	if (rules->sealed)
		return refuse(field, "would have to be encoded, but "
		    "the message is signed (RFC 6376)", f);
	if (list_names(rules->leave, field->name))
		return refuse(field, "would have to be encoded, but "
		    "is to be left (leave)", f);
	return remake(out, &m);
}

int
header_fit(struct buf *out, struct str header,
    const struct header_rules *rules, bool *changed, struct fault *f)
{
	struct field field;

	*changed = false;
	while (header_next(&header, &field)) {
		if (rules->without != NULL && !rules->sealed &&
		    header_is(&field, rules->without)) {
			*changed = true;
		} else if (must_change(&field, rules)) {
			if (fit_field(out, &field, rules, f) != 0)
				return -1;
			*changed = true;
		} else
			(void)buf_str(out, field.raw);
	}
	return out->failed ? fault(f, EX_OSERR, "header: out of memory") : 0;
}

bool
header_needs_utf8(struct str header)
{
	char ascii[ADDR_MAX + 1];
	struct addr_list list;
	struct fault ignored;
	struct field field;
	struct addr a;
	int more;

	while (header_next(&header, &field)) {
		enum kind kind = kind_of(&field);

		if ((kind != ADDRESSES && kind != AUTHOR) ||
		    !str_has_8bit(field.body))
			continue;
		addr_start(&list, field.body);
		while ((more = addr_next(&list, &a, &ignored)) != 0)
			if (more > 0 && str_has_8bit(a.written) &&
			    address_downgrade(a.spec, ascii) != 0)
				return true;
	}
	return false;
}

/* SPDX-License-Identifier: ISC */
/*
 * DKIM-Signature: which keys sign a mail, which of its fields they cover, and
 * the text of the signature.  RFC 6376, 8301 (SHA-256), 8463 (Ed25519).  The
 * mail is read once, the way it leaves.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/stdlib.h>

#include "base/base64.h"
#include "base/idna.h"
#include "mail/canonical.h"
#include "mail/dkim.h"
#include "mail/header.h"

enum { FOLD = 76, SIGNATURE_TEXT_MAX = 256 * 1024 };

/*
 * The usual fields, RFC 6376 section 5.4.1, and those that lists of mail are
 * known by.
 */
static const char usual[] = "From Sender Reply-To Subject Date Message-ID To "
    "Cc MIME-Version Content-Type Content-Transfer-Encoding Content-ID "
    "Content-Description Resent-Date Resent-From Resent-Sender Resent-To "
    "Resent-Cc Resent-Message-ID In-Reply-To References List-Id List-Help "
    "List-Unsubscribe List-Unsubscribe-Post List-Subscribe List-Post "
    "List-Owner List-Archive";

/* A signature in the making. */
struct signing {
	const struct dkim *dkim;
	time_t		 now;
	struct buf	 header;	/* all fields, as they leave */
	struct field	*found;		/* all that may be signed */
	size_t		 found_count;
	struct str	*field;		/* those signed, in this order */
	size_t		 count;
	struct buf	 names;		/* h= */
	struct buf	 body;		/* bh= */
};

/* Puts text behind a field that ends at the column, folded if need be. */
static void
put_folded(struct buf *b, size_t *column, struct str text)
{
	if (*column + text.n > FOLD && *column > 1) {
		(void)buf_puts(b, "\r\n\t");
		*column = 1;
	}
	(void)buf_str(b, text);
	*column += text.n;
}

/* The same for text that may be broken anywhere. */
static void
put_broken(struct buf *b, size_t column, struct str text)
{
	while (text.n > 0) {
		size_t room = column < FOLD ? FOLD - column : 0;
		struct str part = { text.p, text.n < room ? text.n : room };

		(void)buf_str(b, part);
		text.p += part.n;
		text.n -= part.n;
		if (text.n > 0)
			(void)buf_puts(b, "\r\n\t");
		column = 1;
	}
}

static int
no_memory(struct fault *f)
{
	return fault(f, EX_OSERR, "DKIM: out of memory");
}

static int
too_many(struct fault *f)
{
	return fault(f, EX_DATAERR, "DKIM: more than %d fields to be signed",
	    DKIM_FIELDS_MAX);
}

/* Adds a field, or room for one that must not be added, to those signed. */
static int
add_field(struct signing *s, struct str name, struct str raw, struct fault *f)
{
	struct str *grown;

	if (s->count == DKIM_FIELDS_MAX)
		return too_many(f);
	grown = recallocarray(s->field, s->count, s->count + 1,
	    sizeof(*grown));
	if (grown == NULL)
		return no_memory(f);
	s->field = grown;
	s->field[s->count++] = raw;
	if (s->names.n > 0)
		(void)buf_char(&s->names, ':');
	for (size_t i = 0; i < name.n; i++)
		(void)buf_char(&s->names, ascii_lower(name.p[i]));
	return 0;
}

/* Takes the plus off a name: nobody may add another field of it. */
static bool
take_plus(struct str *name)
{
	const bool plus = name->n > 1 && name->p[name->n - 1] == '+';

	name->n -= plus;
	return plus;
}

/* True when the name is in the list, before a place in it. */
static bool
listed(const char *list, const char *place, struct str name)
{
	struct str rest = str_of(list), word;

	while (str_word(&rest, &word) && word.p != place) {
		(void)take_plus(&word);
		if (str_ieq(word, name))
			return true;
	}
	return false;
}

/* Finds all fields that may be signed, in one pass: a header can be long. */
static int
find_fields(struct signing *s, const char *list, struct fault *f)
{
	struct str rest = buf_view(&s->header);
	struct field field, *grown;

	while (header_next(&rest, &field)) {
		if (!header_is(&field, "From") &&
		    !listed(list, NULL, field.name))
			continue;
		if (s->found_count == DKIM_FIELDS_MAX)
			return too_many(f);
		grown = recallocarray(s->found, s->found_count,
		    s->found_count + 1, sizeof(*grown));
		if (grown == NULL)
			return no_memory(f);
		s->found = grown;
		s->found[s->found_count++] = field;
	}
	return 0;
}

/*
 * All fields of a name, the last one first (RFC 6376 section 5.4.2).  A plus
 * behind it: nobody may add another one, nor ever another From.
 */
static int
cover(struct signing *s, struct str name, struct fault *f)
{
	const bool plus = take_plus(&name);

	for (size_t i = s->found_count; i-- > 0;)
		if (str_ieq(s->found[i].name, name) &&
		    add_field(s, name, s->found[i].raw, f) != 0)
			return -1;
	return plus || str_ieq(name, STR("From")) ?
	    add_field(s, name, (struct str){ NULL, 0 }, f) : 0;
}

static int
choose_fields(struct signing *s, struct fault *f)
{
	const char *list = s->dkim->headers != NULL ? s->dkim->headers :
	    usual;
	struct str rest = str_of(list), name, bare;

	if (find_fields(s, list, f) != 0)
		return -1;
	while (str_word(&rest, &name)) {
		bare = name;
		(void)take_plus(&bare);
		if (!listed(list, name.p, bare) && cover(s, name, f) != 0)
			return -1;
	}
	/* RFC 6376 section 5.4: From is always one of them. */
	return listed(list, NULL, STR("From")) ? 0 :
	    cover(s, STR("From"), f);
}

/* Keeps the header; *text is then the first of the body. */
static int
read_header(struct signing *s, struct mail_reader *reader, struct str *text,
    struct fault *f)
{
	int status;

	while ((status = mail_next(reader, text, f)) == 0 && text->n > 0 &&
	    reader->at == 0)
		(void)buf_str(&s->header, *text);
	buf_settle(&s->header);
	if (status == 0 && s->header.failed)
		return no_memory(f);
	return status;
}

/* Hashes the body, from its first text on. */
static int
read_body(struct signing *s, struct mail_reader *reader, struct str text,
    struct fault *f)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct canonical body;
	int status = 0;

	canonical_start(&body, (s->dkim->form & DKIM_BODY_RELAXED) != 0);
	while (status == 0 && text.n > 0) {
		canonical_body(&body, text);
		status = mail_next(reader, &text, f);
	}
	canonical_body_end(&body);
	canonical_digest(&body, digest);
	(void)base64_encode(&s->body, (struct str){ (const char *)digest,
	    sizeof(digest) });
	if (status == 0 && s->body.failed)
		return no_memory(f);
	return status;
}

/* All of the field but the signature itself. */
static void
compose(const struct signing *s, const struct signer *key, struct buf *b)
{
	static const char *const forms[] = { "simple/simple", "simple/relaxed",
	    "relaxed/simple", "relaxed/relaxed" };
	struct str rest = buf_view(&s->names), name;
	size_t column = sizeof("\th=");

	(void)buf_fmt(b, "DKIM-Signature: v=1; a=%s; c=%s;\r\n\td=%s;"
	    "\r\n\ts=%s; t=%" PRId64 ";\r\n\th=", signer_algorithm(key),
	    forms[s->dkim->form], key->domain, key->selector,
	    (int64_t)s->now);
	while (str_cut(&rest, ':', &name)) {
		put_folded(b, &column, name);
		if (rest.p != NULL)
			(void)buf_char(b, ':');
		column++;
	}
	(void)buf_fmt(b, ";\r\n\tbh=%.*s;\r\n\tb=", (int)s->body.n,
	    s->body.p);
}

/* Appends the field that one key signs. */
static int
sign(const struct signing *s, const struct signer *key, struct buf *fields,
    struct fault *f)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct buf field, signature;
	struct canonical c;
	int status = -1;

	buf_init(&field, SIGNATURE_TEXT_MAX);
	buf_init(&signature, SIGNATURE_TEXT_MAX);
	compose(s, key, &field);
	canonical_start(&c, (s->dkim->form & DKIM_HEADER_RELAXED) != 0);
	/* What is not there is hashed as nothing at all. */
	for (size_t i = 0; i < s->count; i++)
		if (s->field[i].n > 0)
			canonical_field(&c, s->field[i]);
	canonical_field(&c, buf_view(&field));
	canonical_digest(&c, digest);
	if (field.failed)
		(void)no_memory(f);
	else
		status = signer_sign(key, digest, &signature, f);
	(void)buf_str(fields, buf_view(&field));
	put_broken(fields, sizeof("\tb="), buf_view(&signature));
	(void)buf_puts(fields, "\r\n");
	buf_free(&field);
	buf_free(&signature);
	return status;
}

/* Domain of the author: of the first address in the first From. */
static bool
author(const struct buf *header, struct addr *a)
{
	struct str rest = buf_view(header);
	struct addr_list list;
	struct fault ignored;
	struct field field;

	while (header_next(&rest, &field))
		if (header_is(&field, "From")) {
			addr_start(&list, field.body);
			return addr_next(&list, a, &ignored) == 1 &&
			    a->domain != NULL;
		}
	return false;
}

/* True when the domain is the key's or lies in it. */
static bool
lies_in(struct str domain, struct str parent)
{
	size_t n = domain.n - parent.n;

	return domain.n >= parent.n &&
	    str_ieq((struct str){ domain.p + n, parent.n }, parent) &&
	    (n == 0 || domain.p[n - 1] == '.');
}

/* Length of the longest domain with a key that the author's lies in. */
static size_t
closest(const struct dkim *dkim, struct str domain)
{
	const struct signer *key;
	size_t longest = 0, n;

	STAILQ_FOREACH(key, &dkim->signers, next) {
		n = strlen(key->domain);
		if (n > longest && lies_in(domain, str_of(key->domain)))
			longest = n;
	}
	return longest;
}

bool
dkim_signs(const struct dkim *dkim, const struct signer *key,
    struct str domain)
{
	return strlen(key->domain) == closest(dkim, domain) &&
	    lies_in(domain, str_of(key->domain));
}

/* The author's domain, if there is a key for it. */
static bool
has_key(const struct signing *s, char domain[IDNA_MAX + 1])
{
	struct fault ignored;
	struct addr a;

	/* Keys have A-labels; with SMTPUTF8 an address may have others. */
	return author(&s->header, &a) &&
	    idna_ascii(str_of(a.domain), domain, &ignored) == 0 &&
	    closest(s->dkim, str_of(domain)) > 0;
}

static int
sign_all(struct signing *s, struct str domain, struct buf *fields,
    struct fault *f)
{
	const struct signer *key;

	if (choose_fields(s, f) != 0)
		return -1;
	STAILQ_FOREACH(key, &s->dkim->signers, next)
		if (dkim_signs(s->dkim, key, domain) &&
		    sign(s, key, fields, f) != 0)
			return -1;
	return fields->failed ? no_memory(f) : 0;
}

int
dkim_sign(struct buf *fields, struct mail *m, const struct dkim *dkim,
    time_t now, struct fault *f)
{
	struct signing s = { .dkim = dkim, .now = now };
	char domain[IDNA_MAX + 1];
	struct mail_reader reader;
	struct str text;
	int status;

	buf_init_paged(&s.header, 4 * (size_t)MESSAGE_HEADER_MAX,
	    &m->message.scratch);
	buf_init(&s.names, SIGNATURE_TEXT_MAX / 2);
	buf_init(&s.body, 64);
	mail_start(&reader, m);
	status = read_header(&s, &reader, &text, f);
	/* A body that nobody signs is not read. */
	if (status == 0 && has_key(&s, domain)) {
		status = read_body(&s, &reader, text, f);
		if (status == 0)
			status = sign_all(&s, str_of(domain), fields, f);
	}
	mail_stop(&reader);
	free(s.found);
	free(s.field);
	buf_free(&s.header);
	buf_free(&s.names);
	buf_free(&s.body);
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * Values that are lists: each word is checked, brought into one form and put
 * behind the others with a single blank.
 */
#include <arpa/inet.h>

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "config/address.h"
#include "config/list.h"
#include "config/url.h"

enum { PIN_DIGITS = 64 };

static const char *const mechanisms[] = {
	"CRAM-MD5", "EXTERNAL", "LOGIN", "OAUTHBEARER", "PLAIN",
	"SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256",
	"SCRAM-SHA-256-PLUS", "XOAUTH2", NULL
};

static int
add_mechanism(struct buf *list, struct str word, struct fault *f)
{
	size_t i = 0;

	while (mechanisms[i] != NULL && !str_ieq(word, str_of(mechanisms[i])))
		i++;
	if (mechanisms[i] != NULL)
		return buf_fmt(list, "%s%s", list->n > 0 ? " " : "",
		    mechanisms[i]);
	(void)fault(f, EX_CONFIG, "\"%.*s\": unknown mechanism; known are",
	    word.n > 80 ? 80 : (int)word.n, word.p);
	for (i = 0; mechanisms[i] != NULL; i++)
		(void)fault(f, EX_CONFIG, "%s %s", f->text, mechanisms[i]);
	return -1;
}

/* Stored in lower case and without the colons some programs print. */
static int
add_pin(struct buf *list, struct str word, struct fault *f)
{
	struct str hex = word, digits;
	size_t n = 0;
	bool ok = str_istarts(word, STR("sha256:"));

	(void)str_cut(&hex, ':', &digits);
	(void)buf_puts(list, list->n > 0 ? " sha256:" : "sha256:");
	for (size_t i = 0; ok && i < hex.n; i++)
		if (isxdigit((unsigned char)hex.p[i])) {
			(void)buf_char(list, ascii_lower(hex.p[i]));
			n++;
		} else {
			ok = hex.p[i] == ':' && n % 2 == 0 && n > 0 &&
			    i + 1 < hex.n && hex.p[i + 1] != ':';
		}
	if (ok && n == PIN_DIGITS)
		return list->failed ? -1 : 0;
	return fault(f, EX_CONFIG,
	    "\"%.*s\": not of the form sha256: and 64 hex digits",
	    word.n > 120 ? 120 : (int)word.n, word.p);
}

/* One address of each family at most: which one to use is then clear. */
static int
add_address(struct buf *list, struct str word, struct fault *f)
{
	char text[INET6_ADDRSTRLEN] = "";
	unsigned char octets[sizeof(struct in6_addr)];
	bool v6 = word.n > 0 && memchr(word.p, ':', word.n) != NULL;

	if (word.n < sizeof(text))
		memcpy(text, word.p, word.n);
	if (inet_pton(v6 ? AF_INET6 : AF_INET, text, octets) != 1)
		return fault(f, EX_CONFIG, "\"%.*s\": not an IP address",
		    word.n > 80 ? 80 : (int)word.n, word.p);
	if (list->n > 0 &&
	    (memchr(list->p, ':', list->n) != NULL) == v6)
		return fault(f, EX_CONFIG, "\"%s\": there is an IPv%c address "
		    "already", text, v6 ? '6' : '4');
	if (list->n > 0)
		(void)buf_char(list, ' ');
	return buf_puts(list, text);
}

static int
add_pattern(struct buf *list, struct str word, struct fault *f)
{
	(void)f;
	if (list->n > 0)
		(void)buf_char(list, ' ');
	return buf_str(list, word);
}

/* In a list of groups of n words, the place of the next one in its group. */
static size_t
place(const struct buf *list, size_t n)
{
	size_t words = list->n > 0;

	for (size_t i = 0; i < list->n; i++)
		words += list->p[i] == ' ';
	return words % n;
}

/* A pattern, or the address that goes with the one before. */
static int
add_half(struct buf *list, struct str word, struct fault *f)
{
	bool pattern = place(list, 2) == 0;
	size_t before = list->n + 1;

	if (add_pattern(list, word, f) != 0 || pattern)
		return list->failed ? -1 : 0;
	return buf_cstr(list) == NULL ? -1 :
	    address_check_template(list->p + before, f);
}

/* A domain, a selector or a file, in this order. */
static int
add_signer(struct buf *list, struct str word, struct fault *f)
{
	const size_t at = place(list, 3);
	const char *const what[] = { "a domain", "a selector",
	    "an absolute path" };
	bool ok = at < 2 ? url_is_domain(word) : word.n < PATH_MAX &&
	    word.p[0] == '/';

	if (!ok)
		return fault(f, EX_CONFIG, "\"%.*s\": not %s",
		    word.n > 80 ? 80 : (int)word.n, word.p, what[at]);
	return add_pattern(list, word, f);
}

/* The name of a header field, RFC 5322 section 2.2; a plus may follow. */
static int
add_header(struct buf *list, struct str word, struct fault *f)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] <= ' ' || word.p[i] > '~' || word.p[i] == ':' ||
		    word.p[i] == ';')
			return fault(f, EX_CONFIG, "\"%.*s\": not the name of "
			    "a header field", word.n > 80 ? 80 : (int)word.n,
			    word.p);
	return add_pattern(list, word, f);
}

/* A field that is to stay as it is.  Who got a blind copy is never told. */
static int
add_left(struct buf *list, struct str word, struct fault *f)
{
	if (str_ieq(word, STR("Bcc")) || str_ieq(word, STR("Resent-Bcc")))
		return fault(f, EX_CONFIG, "\"%.*s\": is always removed",
		    (int)word.n, word.p);
	return add_header(list, word, f);
}

typedef int adder(struct buf *, struct str word, struct fault *);

static adder *const adders[] = {
	[KEYWORD_MECHANISMS] = add_mechanism,
	[KEYWORD_PINS] = add_pin,
	[KEYWORD_ADDRESSES] = add_address,
	[KEYWORD_PATTERNS] = add_pattern,
	[KEYWORD_MAP] = add_half,
	[KEYWORD_SIGNERS] = add_signer,
	[KEYWORD_HEADERS] = add_header,
	[KEYWORD_LEAVE] = add_left,
};

int
list_parse(struct buf *list, enum keyword_type type, struct str value,
    struct fault *f)
{
	struct str word;
	int code = 0;

	while (code == 0 && !list->failed && str_word(&value, &word))
		code = adders[type](list, word, f);
	if (list->failed)
		return fault(f, EX_OSERR, "out of memory");
	if (code == -1)
		return -1;
	if (type == KEYWORD_MAP && place(list, 2) != 0)
		return fault(f, EX_CONFIG, "must be a pattern and an address");
	if (type == KEYWORD_SIGNERS && place(list, 3) != 0)
		return fault(f, EX_CONFIG, "must be a domain, a selector and "
		    "a file");
	if (list->n == 0)
		return fault(f, EX_CONFIG, "empty value");
	return buf_cstr(list) != NULL ? 0 : fault(f, EX_OSERR, "out of memory");
}

bool
list_names(const char *list, struct str name)
{
	struct str rest = str_of(list), word;

	while (str_word(&rest, &word))
		if (str_ieq(word, name))
			return true;
	return false;
}

/* SPDX-License-Identifier: ISC */
/*
 * The text of SPF records, RFC 7208 sections 4.6.1, 5, 6, 7.1 and 12.  What
 * they come to is known to spf_walk.c.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

#include "doctor/spf.h"

/* What may stand behind a name: nothing, a domain, prefixes, an address. */
enum { NONE = 0, MAY = 1, MUST = 2, PREFIX = 4, ADDRESS = 8 };

static const struct form {
	const char	*name;
	enum spf_kind	 kind;
	unsigned	 takes;
} mechanisms[] = {
	{ "all", SPF_ALL, NONE },
	{ "include", SPF_INCLUDE, MUST },
	{ "a", SPF_A, MAY | PREFIX },
	{ "mx", SPF_MX, MAY | PREFIX },
	{ "ptr", SPF_PTR, MAY },
	{ "ip4", SPF_IP4, ADDRESS },
	{ "ip6", SPF_IP6, ADDRESS },
	{ "exists", SPF_EXISTS, MUST },
};

static const struct str version = { "v=spf1", 6 };

static int
bad(struct str term, const char *why, struct fault *f)
{
	char shown[80];

	str_escape(shown, sizeof(shown), term);
	return fault(f, EX_DATAERR, "\"%s\": %s", shown, why);
}

bool
spf_is(struct str record)
{
	return str_istarts(record, version) &&
	    (record.n == version.n || record.p[version.n] == ' ');
}

/* ---- domains with macros ------------------------------------------------- */

/* The length of the macro that starts with "%"; 0: it is none. */
static size_t
macro_length(struct str s)
{
	size_t i = 3;

	if (s.n < 2)
		return 0;
	if (s.p[1] == '%' || s.p[1] == '_' || s.p[1] == '-')
		return 2;
	if (s.p[1] != '{' || s.n < 4 || s.p[2] == '\0' ||
	    strchr("slodiphcrtv", ascii_lower(s.p[2])) == NULL)
		return 0;
	while (i < s.n && isdigit((unsigned char)s.p[i]))
		i++;
	if (i < s.n && ascii_lower(s.p[i]) == 'r')
		i++;
	while (i < s.n && s.p[i] != '\0' && strchr(".-+,/_=", s.p[i]) != NULL)
		i++;
	return i < s.n && s.p[i] == '}' ? i + 1 : 0;
}

/* How much of the text is a macro-string; *macro: it ends in one. */
static size_t
span(struct str s, const char *until, bool *any, bool *last)
{
	size_t i = 0;

	*any = *last = false;
	while (i < s.n) {
		size_t n = 1;

		if (s.p[i] < '!' || s.p[i] > '~' ||
		    strchr(until, s.p[i]) != NULL)
			break;
		*last = s.p[i] == '%';
		if (*last && (n = macro_length(
		    (struct str){ s.p + i, s.n - i })) == 0)
			break;
		*any = *any || (*last && s.p[i + 1] == '{');
		*last = *last && s.p[i + 1] == '{';
		i += n;
	}
	return i;
}

/* The end of a name: a dot and a label that is no number. */
static bool
has_top(struct str s)
{
	size_t i = s.n, digits = 0;

	if (i > 0 && s.p[i - 1] == '.')
		i--;
	s.n = i;
	while (i > 0 && (isalnum((unsigned char)s.p[i - 1]) ||
	    s.p[i - 1] == '-'))
		digits += isdigit((unsigned char)s.p[--i]) != 0;
	return i > 0 && s.p[i - 1] == '.' && i < s.n && digits < s.n - i &&
	    s.p[i] != '-' && s.p[s.n - 1] != '-';
}

/* Takes a domain-spec off the front. */
static int
take_domain(struct str *rest, struct spf_term *t, const char *until,
    struct fault *f)
{
	bool last;
	size_t n = span(*rest, until, &t->macro, &last);

	t->domain = (struct str){ rest->p, n };
	rest->p += n;
	rest->n -= n;
	if (n == 0 || (!last && !has_top(t->domain)))
		return bad(t->text, "no domain (RFC 7208 section 7.1)", f);
	return 0;
}

/* ---- addresses ----------------------------------------------------------- */

/* "/24", without a leading zero; the number stays when there is none. */
static int
take_prefix(struct str *rest, unsigned most, unsigned *prefix)
{
	unsigned n = 0;
	size_t i = 1;

	if (rest->n == 0 || rest->p[0] != '/')
		return 0;
	if (rest->n > 2 && rest->p[1] == '0' &&
	    isdigit((unsigned char)rest->p[2]))
		return -1;
	for (; i < rest->n && i < 5 && isdigit((unsigned char)rest->p[i]); i++)
		n = n * 10 + (unsigned)(rest->p[i] - '0');
	if (i == 1 || n > most)
		return -1;
	*prefix = n;
	rest->p += i;
	rest->n -= i;
	return 0;
}

/* "/24//64", "/24" or "//64" (section 5.3). */
static int
take_prefixes(struct str *rest, struct spf_term *t)
{
	if (rest->n > 1 && rest->p[0] == '/' && rest->p[1] != '/' &&
	    take_prefix(rest, 32, &t->prefix4) != 0)
		return -1;
	if (rest->n < 2 || rest->p[0] != '/' || rest->p[1] != '/')
		return 0;
	rest->p++;
	rest->n--;
	return take_prefix(rest, 128, &t->prefix6);
}

static int
take_address(struct str *rest, struct spf_term *t, struct fault *f)
{
	bool six = t->kind == SPF_IP6;
	char text[INET6_ADDRSTRLEN];
	size_t n = 0;

	while (n < rest->n && rest->p[n] != '/')
		n++;
	if (n >= sizeof(text))
		return bad(t->text, "no address", f);
	memcpy(text, rest->p, n);
	text[n] = '\0';
	rest->p += n;
	rest->n -= n;
	if (strlen(text) != n ||
	    inet_pton(six ? AF_INET6 : AF_INET, text, t->octets) != 1)
		return bad(t->text, "no address", f);
	return take_prefix(rest, six ? 128 : 32,
	    six ? &t->prefix6 : &t->prefix4) == 0 ? 0 :
	    bad(t->text, "no prefix length", f);
}

/* ---- terms --------------------------------------------------------------- */

static int
take_mechanism(struct str rest, const struct form *form, struct spf_term *t,
    struct fault *f)
{
	bool colon = rest.n > 0 && rest.p[0] == ':';

	t->kind = form->kind;
	t->prefix4 = 32;
	t->prefix6 = 128;
	if (colon) {
		rest.p++;
		rest.n--;
	}
	if (!colon && (form->takes & (MUST | ADDRESS)) != 0)
		return bad(t->text, "a domain or address is missing", f);
	if (colon && form->takes == NONE)
		return bad(t->text, "takes no value", f);
	if ((form->takes & ADDRESS) != 0) {
		if (take_address(&rest, t, f) != 0)
			return -1;
	} else if (colon && take_domain(&rest, t,
	    (form->takes & PREFIX) != 0 ? "/" : "", f) != 0)
		return -1;
	if ((form->takes & PREFIX) != 0 && take_prefixes(&rest, t) != 0)
		return bad(t->text, "no prefix length", f);
	return rest.n == 0 ? 0 : bad(t->text, "unexpected text at its end", f);
}

static int
take_modifier(struct str name, struct str value, struct spf_term *t,
    struct fault *f)
{
	bool any, last;

	t->kind = str_ieq(name, STR("redirect")) ? SPF_REDIRECT :
	    str_ieq(name, STR("exp")) ? SPF_EXP : SPF_OTHER;
	if (t->kind == SPF_OTHER)
		return span(value, "", &any, &last) == value.n ? 0 :
		    bad(t->text, "no macro-string", f);
	if (take_domain(&value, t, "", f) != 0)
		return -1;
	return value.n == 0 ? 0 : bad(t->text, "unexpected text", f);
}

/* Letters, and behind the first what else a name may have. */
static size_t
name_length(struct str s)
{
	size_t i = 0;

	while (i < s.n && isascii((unsigned char)s.p[i]) &&
	    (isalpha((unsigned char)s.p[i]) || (i > 0 &&
	    (isdigit((unsigned char)s.p[i]) || s.p[i] == '-' ||
	    s.p[i] == '_' || s.p[i] == '.'))))
		i++;
	return i;
}

static int
take_term(struct str text, struct spf_term *t, struct fault *f)
{
	struct str name, rest = text;

	*t = (struct spf_term){ .qualifier = '+', .text = text };
	name = (struct str){ text.p, name_length(text) };
	if (name.n > 0 && name.n < text.n && text.p[name.n] == '=')
		return take_modifier(name, (struct str){ text.p + name.n + 1,
		    text.n - name.n - 1 }, t, f);
	if (strchr("+-~?", text.p[0]) != NULL && text.p[0] != '\0') {
		t->qualifier = text.p[0];
		rest.p++;
		rest.n--;
	}
	name = (struct str){ rest.p, name_length(rest) };
	rest.p += name.n;
	rest.n -= name.n;
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (str_ieq(name, str_of(mechanisms[i].name)))
			return take_mechanism(rest, &mechanisms[i], t, f);
	return bad(text, "unknown mechanism", f);
}

int
spf_next(struct str *rest, struct spf_term *t, struct fault *f)
{
	struct str term;

	if (spf_is(*rest)) {
		rest->p += version.n;
		rest->n -= version.n;
	}
	do
		if (!str_cut(rest, ' ', &term))
			return 0;
	while (term.n == 0);
	return take_term(term, t, f) == 0 ? 1 : -1;
}

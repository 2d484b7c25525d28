/* SPDX-License-Identifier: ISC */
/*
 * What a value of each type looks like.  It is checked here by its form alone:
 * whether the file it names exists is seen by who opens it.
 */
#include <net/if.h>

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "base/idna.h"
#include "config/address.h"
#include "config/keyword.h"
#include "config/list.h"
#include "config/proxy.h"
#include "config/secret.h"
#include "config/url.h"

enum { LIST_MAX = 1024 * 1024 };

#define DURATION_LIMIT	((uint64_t)7 * 24 * 60 * 60)
#define SIZE_LIMIT	((uint64_t)1 << 40)

static int
bad(const char *value, const char *why, struct fault *f)
{
	return fault(f, EX_CONFIG, "\"%.80s\": %s", value, why);
}

static int
set_string(char **slot, const char *value, struct fault *f)
{
	char *copy = strdup(value);

	if (copy == NULL)
		return fault(f, EX_OSERR, "out of memory");
	if (*slot != NULL)
		freezero(*slot, strlen(*slot));
	*slot = copy;
	return 0;
}

static int
set_text(const struct keyword *k, void *at, const char *value, struct fault *f)
{
	(void)k;
	return set_string(at, value, f);
}

static int
set_name(const struct keyword *k, void *at, const char *value, struct fault *f)
{
	char ascii[IDNA_MAX + 1];
	struct fault why;

	if (idna_ascii(str_of(value), ascii, &why) != 0 ||
	    !url_is_domain(str_of(ascii)))
		return bad(value, "not a host or domain name", f);
	return set_text(k, at, ascii, f);
}

static int
set_address(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	return address_check(value, f) == -1 ? -1 : set_text(k, at, value, f);
}

static int
set_template(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	return address_check_template(value, f) == -1 ? -1 :
	    set_text(k, at, value, f);
}

static int
set_force(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	for (size_t i = 0; i < 2; i++) {
		const char *word = i == 0 ? "yes" : "no";

		if (str_ieq(str_of(value), str_of(word)))
			return set_text(k, at, word, f);
	}
	return set_template(k, at, value, f);
}

static int
set_path(const struct keyword *k, void *at, const char *value, struct fault *f)
{
	if (value[0] != '/')
		return bad(value, "not an absolute path", f);
	if (strlen(value) >= PATH_MAX)
		return bad(value, "too long for a path", f);
	return set_text(k, at, value, f);
}

static int
set_place(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	if (str_ieq(str_of(value), STR("off")))
		return set_string(at, "off", f);
	if (value[0] != '/')
		return bad(value, "not an absolute path, nor off", f);
	return set_path(k, at, value, f);
}

static int
set_secret(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	(void)k;
	return secret_check(value, f) == -1 ? -1 : set_string(at, value, f);
}

static int
set_interface(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	if (strlen(value) >= IF_NAMESIZE || strpbrk(value, "/ ") != NULL)
		return bad(value, "not the name of a network interface", f);
	return set_text(k, at, value, f);
}

/* The value may hold a password: it is not shown. */
static int
set_proxy(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	struct proxy proxy;
	int code = proxy_parse(&proxy, value, f);

	explicit_bzero(&proxy, sizeof(proxy));
	return code == -1 ? -1 : set_text(k, at, value, f);
}

static int
set_yesno(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	bool *slot = at, yes = str_ieq(str_of(value), STR("yes"));

	(void)k;
	if (!yes && !str_ieq(str_of(value), STR("no")))
		return bad(value, "must be yes or no", f);
	*slot = yes;
	return 0;
}

/*
 * Digits and at most one letter, which is looked up in units; 0 when the
 * value is none, is 0 or is above the limit.
 */
static uint64_t
number(const char *value, const char *units, const uint64_t *factors,
    uint64_t limit)
{
	const char *unit = "";
	uint64_t n = 0, factor = 1;

	if (!isdigit((unsigned char)*value))
		return 0;
	for (; isdigit((unsigned char)*value) && n <= limit; value++)
		n = n * 10 + (uint64_t)(*value - '0');
	if (*value != '\0') {
		unit = strchr(units, ascii_lower(*value));
		if (unit == NULL || value[1] != '\0')
			return 0;
		factor = factors[unit - units];
	}
	return n > limit / factor ? 0 : n * factor;
}

static int
set_duration(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	static const uint64_t factors[] = { 1, 60, 60 * 60, 24 * 60 * 60 };
	int64_t *slot = at;
	uint64_t seconds = number(value, "smhd", factors, DURATION_LIMIT);
	bool may_be_off = strcmp(k->standard, "off") == 0;

	if (may_be_off && str_ieq(str_of(value), STR("off"))) {
		*slot = 0;
		return 0;
	}
	if (seconds == 0)
		return bad(value, may_be_off ?
		    "not a time from 1s to 7d, such as 30s or 5m, nor off" :
		    "not a time from 1s to 7d, such as 30s or 5m", f);
	*slot = (int64_t)seconds * 1000;
	return 0;
}

static int
set_size(const struct keyword *k, void *at, const char *value, struct fault *f)
{
	static const uint64_t factors[] = { 1 << 10, 1 << 20, 1 << 30 };
	uint64_t *slot = at, size = number(value, "kmg", factors, SIZE_LIMIT);

	(void)k;
	if (size == 0)
		return bad(value,
		    "not a size from 1 to 1024G, such as 500k or 100M", f);
	*slot = size;
	return 0;
}

static int
set_choice(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	struct str rest = str_of(k->choices), word;
	int *slot = at;

	for (int i = 0; str_word(&rest, &word); i++)
		if (str_is(word, value)) {
			*slot = i;
			return 0;
		}
	return fault(f, EX_CONFIG, "\"%.80s\": must be one of: %s", value,
	    k->choices);
}

static int
set_version(const struct keyword *k, void *at, const char *value,
    struct fault *f)
{
	int *slot = at;

	if (set_choice(k, at, value, f) == -1)
		return -1;
	*slot = (value[0] - '0') * 10 + value[2] - '0';
	return 0;
}

static int
set_list(const struct keyword *k, void *at, const char *value, struct fault *f)
{
	struct buf list;
	int code;

	buf_init(&list, LIST_MAX);
	code = list_parse(&list, k->type, str_of(value), f);
	if (code == 0)
		code = set_string(at, list.p, f);
	buf_free(&list);
	return code;
}

typedef int setter(const struct keyword *, void *at, const char *value,
    struct fault *);

static setter *const setters[] = {
	[KEYWORD_TEXT] = set_text,
	[KEYWORD_NAME] = set_name,
	[KEYWORD_ADDRESS] = set_address,
	[KEYWORD_TEMPLATE] = set_template,
	[KEYWORD_FORCE] = set_force,
	[KEYWORD_PATTERNS] = set_list,
	[KEYWORD_MAP] = set_list,
	[KEYWORD_PATH] = set_path,
	[KEYWORD_PLACE] = set_place,
	[KEYWORD_SECRET] = set_secret,
	[KEYWORD_YESNO] = set_yesno,
	[KEYWORD_DURATION] = set_duration,
	[KEYWORD_SIZE] = set_size,
	[KEYWORD_CHOICE] = set_choice,
	[KEYWORD_VERSION] = set_version,
	[KEYWORD_SIGNERS] = set_list,
	[KEYWORD_HEADERS] = set_list,
	[KEYWORD_LEAVE] = set_list,
	[KEYWORD_MECHANISMS] = set_list,
	[KEYWORD_PINS] = set_list,
	[KEYWORD_ADDRESSES] = set_list,
	[KEYWORD_INTERFACE] = set_interface,
	[KEYWORD_PROXY] = set_proxy,
};

static int
check_text(const struct keyword *k, const char *value, struct fault *f)
{
	if (value[0] == '\0')
		return fault(f, EX_CONFIG, "empty value");
	for (const char *c = value; *c != '\0'; c++)
		if (((unsigned char)*c < ' ' || *c == 127) &&
		    k->type != KEYWORD_SECRET && k->type != KEYWORD_PROXY)
			return bad(value, "control character in it", f);
	return 0;
}

bool
keyword_repeats(const struct keyword *k)
{
	return k->type == KEYWORD_PATTERNS || k->type == KEYWORD_MAP ||
	    k->type == KEYWORD_SIGNERS;
}

int
keyword_add(const struct keyword *k, void *base, const char *value,
    struct fault *f)
{
	char **slot = (char **)(void *)((char *)base + k->offset);
	struct buf list;
	int code = check_text(k, value, f);

	buf_init(&list, LIST_MAX);
	if (*slot != NULL)
		(void)buf_puts(&list, *slot);
	if (code == 0)
		code = list_parse(&list, k->type, str_of(value), f);
	if (code == 0)
		code = set_string(slot, list.p, f);
	buf_free(&list);
	return code;
}

int
keyword_set(const struct keyword *k, void *base, const char *value,
    struct fault *f)
{
	if (check_text(k, value, f) != 0)
		return -1;
	return setters[k->type](k, (char *)base + k->offset, value, f);
}

bool
keyword_is_string(const struct keyword *k)
{
	switch (k->type) {
	case KEYWORD_YESNO:
	case KEYWORD_DURATION:
	case KEYWORD_SIZE:
	case KEYWORD_CHOICE:
	case KEYWORD_VERSION:
	case KEYWORD_RELAY:
		return false;
	default:
		return true;
	}
}

bool
keyword_is_list(const struct keyword *k)
{
	return k->type != KEYWORD_RELAY && setters[k->type] == set_list;
}

const struct keyword *
keyword_find(struct str name)
{
	for (const struct keyword *k = keywords; k->name != NULL; k++)
		if (str_is(name, k->name))
			return k;
	return NULL;
}

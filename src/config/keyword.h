/* SPDX-License-Identifier: ISC */
#ifndef CONFIG_KEYWORD_H
#define CONFIG_KEYWORD_H

#include "config/conf.h"

enum keyword_type {
	KEYWORD_TEXT,		/* char *: any non-empty value */
	KEYWORD_NAME,		/* char *: a host or domain name */
	KEYWORD_ADDRESS,	/* char *: one addr-spec */
	KEYWORD_TEMPLATE,	/* char *: the same, with %u %h %d %% in it */
	KEYWORD_FORCE,		/* char *: yes, no, or a template */
	KEYWORD_PATTERNS,	/* char *: shell patterns */
	KEYWORD_MAP,		/* char *: pairs of pattern and template */
	KEYWORD_PATH,		/* char *: an absolute path */
	KEYWORD_PLACE,		/* char *: an absolute path, or "off" */
	KEYWORD_SECRET,		/* char *: checked by secret_check() */
	KEYWORD_YESNO,		/* bool */
	KEYWORD_DURATION,	/* int64_t, ms: "30s" "5m" "2h" "1d"; bare: s;
				   "off" is 0, where that is the default */
	KEYWORD_SIZE,		/* uint64_t: "100M", "64k"; bare: octets */
	KEYWORD_CHOICE,		/* int (enum): one word of .choices, by index */
	KEYWORD_VERSION,	/* int: as CHOICE; "1.2" is 12 */
	KEYWORD_SIGNERS,	/* char *: domain, selector and file, again and
				   again */
	KEYWORD_HEADERS,	/* char *: names of fields */
	KEYWORD_LEAVE,		/* char *: the same, but for Bcc */
	KEYWORD_MECHANISMS,	/* char *: names of SASL mechanisms */
	KEYWORD_PINS,		/* char *: sha256:HEX ... */
	KEYWORD_ADDRESSES,	/* char *: IP addresses, one of each family */
	KEYWORD_INTERFACE,	/* char *: name of a network interface */
	KEYWORD_PROXY,		/* char *: checked by proxy_parse() */
	KEYWORD_RELAY		/* opens a relay block */
};

enum { KEYWORDS_MAX = 64 };	/* more rows than the table will have */

/* One row of the table that parser, --help and man page go by. */
struct keyword {
	const char	*name;
	enum keyword_type type;
	bool		 per_relay;	/* each relay may have its own */
	uint16_t	 offset;	/* in struct relay or struct conf */
	const char	*standard;	/* default as text; NULL: none */
	const char	*choices;	/* blank separated, KEYWORD_CHOICE */
	const char	*help;		/* one line */
};

/* All keywords, in alphabetical order; ends with name == NULL. */
extern const struct keyword keywords[];

/* The row of a name (case ignored), or NULL. */
const struct keyword *keyword_find(struct str name);

/*
 * Checks the value and stores it at base + offset, freeing what stood there.
 * Not for KEYWORD_RELAY.  Returns -1 with EX_CONFIG or EX_OSERR and a text
 * that names the value (never a secret), not the keyword.
 */
int keyword_set(const struct keyword *, void *base, const char *value,
    struct fault *);

/*
 * Types that take several words, which are kept with single blanks between.
 * Of these, keyword_repeats() may come again in one place: keyword_add() then
 * puts more words behind those there are.
 */
bool keyword_is_list(const struct keyword *);
bool keyword_repeats(const struct keyword *);
int keyword_add(const struct keyword *, void *base, const char *value,
    struct fault *);

/* True when the value is a char * of its own. */
bool keyword_is_string(const struct keyword *);

/* The most similar keyword for a misspelt one, or NULL when none is near. */
const char *keyword_suggest(struct str name);

#endif

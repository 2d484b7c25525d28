/* SPDX-License-Identifier: ISC */
/*
 * The text of a configuration file, and the environment that stands in for
 * one.  Knows lines, comments, relay blocks and repeated keywords; what a
 * value may be is keyword.c's.  An error costs its line only: reading goes
 * on, so that all errors of a file are told at once.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/origin.h"
#include "config/parse.h"
#include "config/relay.h"
#include "config/secret.h"
#include "config/word.h"

enum { LINE_LIMIT = 16 * 1024, NAME_SHOWN = 40, VARIABLE_MAX = 64 };

/* A file being read. */
struct parser {
	struct conf	*conf;
	unsigned	 line;
	/* Where each was set, or 0; those of relays: in this block. */
	unsigned	 seen[KEYWORDS_MAX];
	unsigned	 literal;		/* last line with a password */
};

void
problem(struct problems *p, const char *file, unsigned line,
    const struct fault *what)
{
	struct fault f;

	if (line == 0)
		(void)fault(&f, what->code, "%s: %s", file, what->text);
	else
		(void)fault(&f, what->code, "%s:%u: %s", file, line,
		    what->text);
	(void)buf_fmt(p->lines, "%s\n", f.text);
	if (p->count++ == 0 || p->code == EX_CONFIG)
		p->code = what->code;
}

/* Starts a block: from here on the keywords of relays may come again. */
static int
open_relay(struct parser *p, const char *url, struct fault *f)
{
	for (const struct keyword *k = keywords; k->name != NULL; k++)
		if (k->per_relay)
			p->seen[k - keywords] = 0;
	return relay_add(p->conf, url, p->line, f);
}

/* Where settings for relays go now: before the first one, the defaults. */
static struct relay *
block(struct conf *c)
{
	return STAILQ_EMPTY(&c->relays) ? &c->defaults :
	    STAILQ_LAST(&c->relays, relay, next);
}

/* Stores a value in the block that is open. */
static int
store(struct parser *p, const struct keyword *k, const char *value,
    struct fault *f)
{
	unsigned *seen = &p->seen[k - keywords];
	void *base = k->per_relay ? (void *)block(p->conf) : p->conf;

	if (k->type == KEYWORD_RELAY) {
		origins_add(p->conf->origins, k, p->line, 0);
		return open_relay(p, value, f);
	}
	origins_add(p->conf->origins, k, p->line,
	    k->per_relay ? block(p->conf)->line : 0);
	if (*seen != 0 && keyword_repeats(k))
		return keyword_add(k, base, value, f);
	if (*seen != 0)
		return fault(f, EX_CONFIG, "already set in line %u", *seen);
	*seen = p->line;
	if ((k->type == KEYWORD_SECRET && secret_is_literal(value)) ||
	    (k->type == KEYWORD_PROXY && strchr(value, '@') != NULL))
		p->literal = p->line;
	return keyword_set(k, base, value, f);
}

/* Collects the words up to the end of the line or a comment. */
static int
collect(struct str rest, bool several, struct buf *value, struct fault *f)
{
	unsigned words = 0;

	for (;;) {
		word_skip(&rest);
		if (rest.n == 0 || rest.p[0] == '#')
			break;
		if (words > 0 && !several)
			return fault(f, EX_CONFIG,
			    "too many words: quote the value");
		if (words++ > 0)
			(void)buf_char(value, ' ');
		if (word_next(&rest, value, f) == -1)
			return -1;
	}
	if (words == 0)
		return fault(f, EX_CONFIG, "value missing");
	if (buf_cstr(value) == NULL)
		return fault(f, EX_OSERR, "out of memory");
	return 0;
}

static int
unknown(struct str name, struct fault *f)
{
	const char *near = keyword_suggest(name);
	int n = name.n > NAME_SHOWN ? NAME_SHOWN : (int)name.n;

	if (near == NULL)
		return fault(f, EX_CONFIG, "\"%.*s\": unknown keyword", n,
		    name.p);
	return fault(f, EX_CONFIG, "\"%.*s\": unknown keyword; did you mean "
	    "\"%s\"?", n, name.p, near);
}

/* What a keyword may be followed by. */
static bool
ends_name(char c)
{
	return c == ' ' || c == '\t' || c == '=' || c == ':' || c == '#' ||
	    c == '"';
}

/* "keyword value" or "keyword = value". */
static int
setting(struct parser *p, struct str line, struct fault *f)
{
	struct str rest = line, name = line;
	const struct keyword *k;
	struct buf value;
	int code;

	while (rest.n > 0 && !ends_name(rest.p[0]))
		rest.p++, rest.n--;
	name.n = line.n - rest.n;
	word_skip(&rest);
	if (rest.n > 0 && rest.p[0] == '=')
		rest.p++, rest.n--;
	if (name.n == 0)
		return fault(f, EX_CONFIG, "a keyword must come first");
	/* What follows may be a password: it is not shown. */
	if (rest.n > 0 && rest.p[0] == ':')
		return fault(f, EX_CONFIG, "\"%.*s\": no colon may follow a "
		    "keyword", name.n > NAME_SHOWN ? NAME_SHOWN : (int)name.n,
		    name.p);
	if ((k = keyword_find(name)) == NULL)
		return unknown(name, f);
	buf_init(&value, LINE_LIMIT);
	code = collect(rest, keyword_is_list(k), &value, f);
	if (code == 0)
		code = store(p, k, value.p, f);
	if (code == -1)
		(void)fault(f, f->code, "%s: %s", k->name, f->text);
	buf_free(&value);
	return code;
}

static int
read_line(struct parser *p, struct str line, struct fault *f)
{
	if (line.n > LINE_LIMIT)
		return fault(f, EX_CONFIG, "line longer than %d octets",
		    LINE_LIMIT);
	if (line.n > 0 && memchr(line.p, '\0', line.n) != NULL)
		return fault(f, EX_CONFIG, "NUL in the line: this is no text");
	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	return setting(p, line, f);
}

unsigned
parse_file(struct conf *c, const char *name, struct str text,
    struct problems *problems)
{
	static const struct str mark = { "\xef\xbb\xbf", 3 };
	struct parser p = { .conf = c };
	struct str line;
	struct fault f;

	if (str_istarts(text, mark))
		text = (struct str){ text.p + mark.n, text.n - mark.n };
	while (str_cut(&text, '\n', &line)) {
		p.line++;
		if (read_line(&p, line, &f) == -1) {
			problem(problems, name, p.line, &f);
			block(c)->flawed = true;
		}
	}
	return p.literal;
}

static const char prefix[] = "SENDLET_";

/* SENDLET_TLS_PIN for tls-pin. */
static void
variable(const struct keyword *k, char name[VARIABLE_MAX])
{
	size_t n = sizeof(prefix) - 1;

	memcpy(name, prefix, n);
	for (const char *c = k->name; *c != '\0' && n + 1 < VARIABLE_MAX; c++)
		name[n++] = *c == '-' ? '_' : (char)(*c - 'a' + 'A');
	name[n] = '\0';
}

/* One bad URL does not hide the next. */
static void
replace_relays(struct conf *c, const char *name, const char *value,
    struct problems *problems)
{
	struct str rest = str_of(value), word;
	struct fault f;

	relay_drop_all(c);
	while (str_word(&rest, &word)) {
		char *url = strndup(word.p, word.n);
		int code = url == NULL ?
		    fault(&f, EX_OSERR, "out of memory") :
		    relay_add(c, url, 0, &f);

		free(url);
		if (code == -1) {
			problem(problems, name, 0, &f);
			block(c)->flawed = true;
		}
	}
}

static int
override(struct conf *c, const struct keyword *k, const char *value,
    struct fault *f)
{
	struct relay *r;
	int code;

	if (!k->per_relay)
		return keyword_set(k, c, value, f);
	code = keyword_set(k, &c->defaults, value, f);
	c->defaults.flawed |= code == -1;
	STAILQ_FOREACH(r, &c->relays, next) {
		code = keyword_set(k, r, value, f) == -1 ? -1 : code;
		r->flawed |= code == -1;
	}
	return code;
}

/* Variables of ours; what comes behind so many is not looked at. */
struct variables {
	const char	*text[4 * KEYWORDS_MAX];
	size_t		 count;
};

/* One walk through the environment, not one for each keyword. */
static void
gather(struct variables *v)
{
	v->count = 0;
	for (char **at = environ; at != NULL && *at != NULL; at++)
		if (**at == *prefix &&
		    strncmp(*at, prefix, sizeof(prefix) - 1) == 0 &&
		    v->count < sizeof(v->text) / sizeof(v->text[0]))
			v->text[v->count++] = *at;
}

static const char *
value_of(const struct variables *v, const char *name)
{
	const size_t n = strlen(name);

	for (size_t i = 0; i < v->count; i++)
		if (strncmp(v->text[i], name, n) == 0 && v->text[i][n] == '=')
			return v->text[i] + n + 1;
	return NULL;
}

void
parse_environment(struct conf *c, struct problems *problems)
{
	struct variables mine;
	char name[VARIABLE_MAX];
	struct fault f;

	gather(&mine);
	for (const struct keyword *k = keywords; mine.count > 0 &&
	    k->name != NULL; k++) {
		const char *value;

		variable(k, name);
		value = value_of(&mine, name);
		if (value == NULL || str_trim(str_of(value)).n == 0)
			continue;
		origins_add(c->origins, k, 0, 0);
		if (k->type == KEYWORD_RELAY)
			replace_relays(c, name, value, problems);
		else if (override(c, k, value, &f) == -1)
			problem(problems, name, 0, &f);
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * Reads commands, with texts in vis(3) form, and prints the envelope they
 * lead to at each empty line.
 *
 *   qualify DOMAIN [ROOT]	how addresses are completed from now on
 *   aliases TEXT		a file of aliases, from now on
 *   sender TEXT, add TEXT	arguments
 *   rcpt TEXT			of an RCPT command
 *   header TEXT		a header, for -t
 *   many N TEXT		add TEXT, N times, with a number in front
 *   result N STATE CODE DSN [TEXT]	of recipient N; DSN "-": NULL
 *   long N OCTETS		a result with so many octets of text
 *   unsure N			recipient N may have the mail
 *   tell N			the client was told no for recipient N
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/envelope.h"
#include "lines.h"

enum { SHOWN = 20 };

static struct envelope envelope;
static struct qualifier qualifier;
static struct aliases aliases;
static char *domain, *root;

static char *
copy(struct str s)
{
	char *p = s.n == 0 ? NULL : strndup(s.p, s.n);

	if (s.n > 0 && p == NULL)
		err(1, NULL);
	return p;
}

static void
qualify(struct str text)
{
	struct str word;

	free(domain);
	free(root);
	(void)str_word(&text, &word);
	domain = copy(word);
	root = copy(str_trim(text));
	aliases_free(&aliases);
	aliases_init(&aliases, "aliases", true, root);
	qualifier = (struct qualifier){ domain, &aliases };
}

static unsigned long
number(struct str *text)
{
	struct str word;

	(void)str_word(text, &word);
	return strtoul(word.p, NULL, 10);
}

/* Each text in a block of its own size, for the sanitizer. */
static void
call(int verb(struct envelope *, struct str, const struct qualifier *,
    struct fault *), struct str text)
{
	struct fault f = { 0 };
	char *p = malloc(text.n);

	if (p == NULL && text.n > 0)
		err(1, NULL);
	if (text.n > 0)
		memcpy(p, text.p, text.n);
	text.p = p;
	if (verb(&envelope, text, &qualifier, &f) != 0)
		printf("    refused (%d) %s\n", f.code, f.text);
	free(p);
}

static void
add_many(struct str text)
{
	unsigned long times = number(&text);

	text = str_trim(text);
	for (unsigned long i = 0; i < times; i++) {
		char *p;
		int n = asprintf(&p, "%lu%.*s", i, STR_ARG(text));

		if (n == -1)
			err(1, NULL);
		call(envelope_add, (struct str){ p, (size_t)n });
		free(p);
	}
}

static void
note_result(struct str text)
{
	struct rcpt *r = &envelope.rcpt[number(&text)];
	enum rcpt_state state = (enum rcpt_state)number(&text);
	int code = (int)number(&text);
	struct str word;
	struct fault f;
	char *dsn, *why;

	(void)str_word(&text, &word);
	dsn = copy(word);
	why = copy(str_trim(text));
	(void)fault(&f, code, "%s", why == NULL ? "" : why);
	rcpt_result(&envelope, r, state, strcmp(dsn, "-") == 0 ? NULL : dsn,
	    &f);
	/* The recipient's own strings may come back as arguments. */
	rcpt_note(&envelope, r, r->last);
	free(dsn);
	free(why);
}

static void
note_long(struct str text)
{
	struct rcpt *r = &envelope.rcpt[number(&text)];
	size_t n = number(&text), kept;
	char *why = calloc(1, n + 1);
	struct fault f;

	if (why == NULL)
		err(1, NULL);
	memset(why, '\001', n);
	(void)fault(&f, 0, "%s", why);
	rcpt_result(&envelope, r, RCPT_PERMANENT, NULL, &f);
	kept = strlen(r->last->reply);
	printf("    %zu octets, last %s\n", kept, r->last->reply + kept - 4);
	free(why);
}

static void
show(void)
{
	static const char *const states[] = { "pending", "sent", "temporary",
	    "permanent" };

	if (envelope.sender != NULL)
		printf("    from <%s>%s\n", envelope.sender,
		    envelope.utf8 ? " utf8" : "");
	for (size_t i = 0; i < envelope.count && i < SHOWN; i++) {
		const struct rcpt *r = &envelope.rcpt[i];

		printf("    to <%s>%s %s%s%s", r->address,
		    r->utf8 ? " utf8" : "", states[r->state],
		    r->unsure ? " unsure" : "", r->told ? " told" : "");
		if (r->names->orig != NULL)
			printf(" for %s", r->names->orig);
		if (r->state != RCPT_PENDING)
			printf(" %d [%s] %s", r->last->code, r->last->dsn,
			    r->last->reply[0] == '\0' ? "-" : r->last->reply);
		putchar('\n');
	}
	printf("    %zu recipients, %zu open\n", envelope.count,
	    envelope_open(&envelope));
	envelope_free(&envelope);
	putchar('\n');
}

static void
command(struct str verb, struct str text)
{
	if (str_eq(verb, STR("qualify")))
		qualify(text);
	else if (str_eq(verb, STR("aliases"))) {
		aliases_free(&aliases);
		aliases_parse(&aliases, text);
	} else if (str_eq(verb, STR("rcpt")))
		call(envelope_rcpt, text);
	else if (str_eq(verb, STR("sender")))
		call(envelope_sender, text);
	else if (str_eq(verb, STR("add")))
		call(envelope_add, text);
	else if (str_eq(verb, STR("header")))
		call(envelope_from_header, text);
	else if (str_eq(verb, STR("many")))
		add_many(text);
	else if (str_eq(verb, STR("result")))
		note_result(text);
	else if (str_eq(verb, STR("long")))
		note_long(text);
	else if (str_eq(verb, STR("unsure")))
		envelope.rcpt[number(&text)].unsure = true;
	else if (str_eq(verb, STR("tell")))
		envelope_tell(&envelope, number(&text));
	else
		errx(1, "%.*s: what?", STR_ARG(verb));
}

int
main(void)
{
	char *line;

	envelope_init(&envelope);
	aliases_init(&aliases, "aliases", true, NULL);
	while ((line = lines_read()) != NULL) {
		struct str text, verb;

		if (line[0] == '\0') {
			show();
			continue;
		}
		puts(line);
		if (line[0] == '#')
			continue;
		text = lines_decode(line);
		(void)str_cut(&text, ' ', &verb);
		command(verb, text);
	}
	show();
	aliases_free(&aliases);
	free(domain);
	free(root);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The two forms in which an examination is written down.  Text comes step by
 * step, so that who waits for a relay sees for which; JSON comes as one object
 * when all is known.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "doctor/paper.h"

enum { JSON_MAX = 16 * 1024 * 1024, HINT_AT = 34 };

struct paper_kind {
	void	(*relay)(struct paper *, const char *url, unsigned line);
	void	(*step)(struct paper *, const struct step *);
	void	(*close)(struct paper *, const struct diagnosis *);
};

static const struct {
	const char	*word, *colour;
} statuses[] = {
	[STEP_OK] = { "ok", "32" },
	[STEP_WARNING] = { "warning", "33" },
	[STEP_FAILURE] = { "failure", "1;31" },
};

/* ---- text ---------------------------------------------------------------- */

/* The status in its colour, filled up to the width of the longest. */
static void
put_status(const struct paper *p, enum step_status status, int width)
{
	if (p->colour)
		(void)printf("\033[%sm%-*s\033[0m", statuses[status].colour,
		    width, statuses[status].word);
	else
		(void)printf("%-*s", width, statuses[status].word);
}

static void
text_relay(struct paper *p, const char *url, unsigned line)
{
	(void)p;
	(void)printf("\n%s", url);
	if (line > 0)
		(void)printf(" (line %u)", line);
	(void)putchar('\n');
}

static void
text_step(struct paper *p, const struct step *s)
{
	(void)printf("%-14s ", s->name);
	put_status(p, s->status, 7);
	(void)printf(" %6" PRId64 " ms  %s\n", s->ms, s->text);
	if (s->hint[0] != '\0')
		(void)printf("%*s-> %s\n", HINT_AT, "", s->hint);
	(void)fflush(stdout);
}

static void
text_close(struct paper *p, const struct diagnosis *d)
{
	(void)putchar('\n');
	put_status(p, d->status, 0);
	(void)printf(": %s (exit status %d, %" PRId64 " ms)\n", d->text,
	    d->code, d->ms);
}

static const struct paper_kind text_kind = {
	text_relay, text_step, text_close
};

/* ---- JSON ---------------------------------------------------------------- */

static void
json_relay(struct paper *p, const char *url, unsigned line)
{
	(void)p;
	(void)url;
	(void)line;
}

static void
json_step(struct paper *p, const struct step *s)
{
	struct buf *b = &p->json;

	json_open(b, NULL, '{');
	json_text(b, "step", s->name);
	if (p->relay[0] != '\0')
		json_text(b, "relay", p->relay);
	json_text(b, "status", statuses[s->status].word);
	json_number(b, "ms", s->ms);
	json_text(b, "text", s->text);
	if (s->hint[0] != '\0')
		json_text(b, "hint", s->hint);
	for (unsigned i = 0; i < s->details; i++) {
		const struct detail *d = &s->detail[i];

		if (d->is_number)
			json_number(b, d->name, d->number);
		else
			json_text(b, d->name, d->text);
	}
	json_close(b, '}');
}

static void
json_end(struct paper *p, const struct diagnosis *d)
{
	struct buf *b = &p->json;

	json_close(b, ']');
	json_text(b, "address", d->address);
	json_text(b, "status", statuses[d->status].word);
	json_text(b, "text", d->text);
	json_number(b, "exit", d->code);
	json_number(b, "ms", d->ms);
	json_close(b, '}');
	(void)buf_char(b, '\n');
	if (!b->failed)
		(void)fwrite(b->p, 1, b->n, stdout);
}

static const struct paper_kind json_kind = {
	json_relay, json_step, json_end
};

/* ---- both ---------------------------------------------------------------- */

/* https://no-color.org: set and not empty means none. */
static bool
wants_colour(void)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (none == NULL || none[0] == '\0') &&
	    term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

void
paper_open(struct paper *p, bool json)
{
	*p = (struct paper){ .kind = json ? &json_kind : &text_kind,
	    .colour = wants_colour() };
	buf_init(&p->json, JSON_MAX);
	json_open(&p->json, NULL, '{');
	json_open(&p->json, "steps", '[');
}

void
paper_relay(struct paper *p, const char *url, unsigned line)
{
	(void)snprintf(p->relay, sizeof(p->relay), "%s", url);
	p->kind->relay(p, url, line);
}

void
paper_step(struct paper *p, struct step *s)
{
	step_stop(s);
	if (s->status > p->worst)
		p->worst = s->status;
	p->kind->step(p, s);
}

int
paper_close(struct paper *p, const struct diagnosis *d, struct fault *f)
{
	bool failed;

	p->kind->close(p, d);
	failed = (p->kind == &json_kind && p->json.failed) ||
	    fflush(stdout) != 0 || ferror(stdout);
	buf_free(&p->json);
	return failed ? fault(f, EX_IOERR, "standard output: cannot be "
	    "written") : 0;
}

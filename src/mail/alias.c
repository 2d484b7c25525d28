/* SPDX-License-Identifier: ISC */
/*
 * Aliases: names without a domain that stand for addresses, in the syntax of
 * sendmail's and Postfix's aliases(5).  Reads the file and finds names; what
 * they stand for is known to alias_walk.c.  A mistake costs only the line it
 * is in.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/trust.h"
#include "mail/addr.h"
#include "mail/alias_walk.h"

enum { READ_MS = 60 * 1000 };

void
aliases_init(struct aliases *a, const char *file, bool optional,
    const char *root)
{
	*a = (struct aliases){ .file = file, .optional = optional,
	    .root = root };
	STAILQ_INIT(&a->list);
	buf_init(&a->problems, ALIASES_PROBLEMS_MAX);
}

void
aliases_free(struct aliases *a)
{
	if (a->index != NULL)
		tdestroy(a->index, free);
	buf_free(&a->problems);
	aliases_init(a, a->file, a->optional, a->root);
}

static int
compare(const void *a, const void *b)
{
	const struct alias *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

struct alias *
aliases_find(const struct aliases *a, const char *name)
{
	const struct alias key = { .name = name };
	struct alias *const *found = tfind(&key, &a->index, compare);

	return found == NULL ? NULL : *found;
}

void
aliases_locate(const struct aliases *a, unsigned line, struct fault *f)
{
	if (line == 0)
		(void)fault(f, f->code, "root: %s", f->text);
	else if (line != ALIASES_NO_LINE)
		(void)fault(f, f->code, "%s:%u: %s", a->file, line,
		    f->text);
}

void
aliases_problem(struct aliases *a, unsigned line, struct fault *f)
{
	aliases_locate(a, line, f);
	a->problem_count++;
	if (f->code == EX_OSERR)
		a->failed = *f;
	(void)buf_fmt(&a->problems, "%s\n", f->text);
}

/* Adds an alias; -1 when there is no memory, or one of that name before. */
static int
add(struct aliases *a, const char *name, struct str targets, unsigned line,
    struct fault *f)
{
	size_t n = strlen(name) + 1;
	struct alias *alias = malloc(sizeof(*alias) + n + targets.n);
	struct alias *const *known;
	char *copy;

	if (alias == NULL)
		return fault(f, EX_OSERR, "out of memory");
	copy = (char *)(alias + 1);
	memcpy(copy, name, n);
	if (targets.n > 0)
		memcpy(copy + n, targets.p, targets.n);
	*alias = (struct alias){ .name = copy, .line = line,
	    .targets = { copy + n, targets.n } };
	known = tsearch(alias, &a->index, compare);
	if (known == NULL || *known != alias) {
		free(alias);
		return known == NULL ? fault(f, EX_OSERR, "out of memory") :
		    fault(f, EX_DATAERR, "%s: has an alias already, in line "
		    "%u: this one is ignored", name, (*known)->line);
	}
	STAILQ_INSERT_TAIL(&a->list, alias, next);
	alias_check_targets(a, alias);
	return 0;
}

/* Takes what stands before the first colon outside of quotes. */
static bool
cut_name(struct str *rest, struct str *name)
{
	bool quoted = false;

	for (size_t i = 0; i < rest->n; i++) {
		if (quoted && rest->p[i] == '\\')
			i++;
		else if (rest->p[i] == '"')
			quoted = !quoted;
		else if (rest->p[i] == ':' && !quoted) {
			*name = str_trim((struct str){ rest->p, i });
			rest->p += i + 1;
			rest->n -= i + 1;
			return name->n > 0;
		}
	}
	return false;
}

static int
read_line(struct aliases *a, struct str text, unsigned line, struct fault *f)
{
	struct str name;
	struct addr addr;

	if (!cut_name(&text, &name))
		return fault(f, EX_DATAERR,
		    "not of the form \"name: address, ...\"");
	if (addr_single(name, &addr, f) != 0)
		return -1;
	if (addr.domain != NULL || addr.empty)
		return fault(f, EX_DATAERR, "%s: only names without a domain "
		    "have aliases", addr.empty ? "<>" : addr.spec);
	text = str_trim(text);
	if (add(a, addr.spec, text, line, f) != 0)
		return -1;
	a->count++;
	a->total += name.n + text.n;
	if (text.n > a->longest)
		a->longest = text.n;
	return 0;
}

/* A logical line is complete. */
static void
take_line(struct aliases *a, struct buf *text, unsigned line)
{
	struct fault f;

	int status = text->failed ? fault(&f, EX_OSERR, "out of memory") :
	    text->n > 0 ? read_line(a, buf_view(text), line, &f) : 0;

	if (status != 0)
		aliases_problem(a, line, &f);
	buf_clear(text);
}

/* The line up to a comment, which begins a line or follows a blank. */
static struct str
without_comment(struct str s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '#' && !quoted &&
		    (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
			s.n = i;
	}
	return s;
}

/* Puts the lines together that belong together, and takes them. */
static void
read_lines(struct aliases *a, struct str text)
{
	unsigned number = 0, first = 0;
	struct str line;
	struct fault f;
	struct buf whole;

	buf_init(&whole, text.n);	/* unfolding adds nothing */
	while (str_cut(&text, '\n', &line)) {
		bool more = line.n > 0 && (*line.p == ' ' || *line.p == '\t');

		number++;
		line = str_trim(without_comment(line));
		if (line.n == 0)
			continue;
		if (!more) {
			take_line(a, &whole, first);
			first = number;
		} else if (first != 0)
			(void)buf_char(&whole, ' ');
		else {
			(void)fault(&f, EX_DATAERR,
			    "continues a line, but there is none before it");
			aliases_problem(a, number, &f);
			continue;
		}
		(void)buf_str(&whole, line);
	}
	take_line(a, &whole, first);
	buf_free(&whole);
}

void
aliases_parse(struct aliases *a, struct str text)
{
	struct str root = str_of(a->root);
	struct fault f;

	a->loaded = true;
	read_lines(a, text);
	if (a->root != NULL && aliases_find(a, "root") == NULL &&
	    add(a, "root", root, 0, &f) != 0)
		aliases_problem(a, 0, &f);
	alias_check_loops(a);
}

/* All of the file; an optional one that is missing is empty. */
static int
read_file(struct aliases *a, struct buf *text, struct fault *f)
{
	struct trusted file;
	int status;

	if (trust_open(&file, a->file, TRUST_ORDERS, f) != 0) {
		a->unopened = f->code;
		return f->code == EX_NOINPUT && a->optional ? 0 : -1;
	}
	status = trust_read(&file, a->file,
	    clock_deadline(READ_MS, CLOCK_NEVER), text, f);
	(void)close(file.fd);
	return status;
}

void
aliases_load(struct aliases *a)
{
	struct buf text;
	struct fault f;

	if (a->loaded)
		return;
	buf_init(&text, ALIASES_FILE_MAX);
	if (a->file != NULL && read_file(a, &text, &f) != 0) {
		aliases_problem(a, ALIASES_NO_LINE, &f);
		buf_clear(&text);
	}
	aliases_parse(a, buf_view(&text));
	buf_free(&text);
}

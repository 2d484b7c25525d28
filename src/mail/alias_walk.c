/* SPDX-License-Identifier: ISC */
/*
 * What a name stands for.  There is no local delivery here, so a target that
 * is a program, a file or a list in a file is a mistake.  Names are expanded
 * depth first by a cursor with a stack of its own, each alias once, so in time
 * linear to the file however hostile its nesting.
 */
#include "mail/alias_walk.h"
#include "mail/element.h"

enum { SHOWN = 120 };

/* What sendmail would do with a target that is no address; or NULL. */
static const char *
foreign(struct str s)
{
	if (s.n > 0 && s.p[0] == '"') {
		s.p++;
		s.n--;
	}
	if (s.n > 0 && s.p[0] == '|')
		return "programs are not run: an address is wanted";
	if (s.n > 0 && s.p[0] == '/')
		return "files are not written: an address is wanted";
	if (str_istarts(s, STR(":include:")))
		return "lists are not included: an address is wanted";
	return NULL;
}

/*
 * Takes the next target off the list.  Returns 1, 0 at the end, or -1 for one
 * that is no address.  *final: its name is not to be looked up again.
 */
static int
next_target(struct addr_list *list, struct addr *addr, bool *final,
    struct fault *f)
{
	struct str text;
	struct element element;
	const char *why;
	char shown[SHOWN];

	do {
		if (list->rest.n == 0)
			return 0;
		text = list->rest;
		element_next(list, &element);
		text.n = (size_t)(list->rest.p - text.p);
		text.n -= text.p[text.n - 1] == ',';
		text = str_trim(text);
	} while (text.n == 0);
	why = foreign(text);
	str_escape(shown, sizeof(shown), text);
	if (why != NULL)
		return fault(f, EX_DATAERR, "%s: %s", shown, why);
	*final = text.p[0] == '\\';
	text.p += *final;
	text.n -= *final;
	if (addr_single(text, addr, f) != 0)
		return -1;
	if (addr->empty)
		return fault(f, EX_DATAERR, "%s: not an address", shown);
	return 1;
}

/* Goes on with the targets of an alias, which is not being expanded. */
static void
enter(struct alias_walk *w, struct alias *alias)
{
	alias->seen = w->aliases->walks;
	w->stack[w->depth].alias = alias;
	w->stack[w->depth].any = false;
	addr_start(&w->stack[w->depth++].rest, alias->targets);
}

bool
alias_start(struct alias_walk *w, struct aliases *a, const char *name)
{
	struct alias *alias;

	aliases_load(a);
	w->aliases = a;
	w->depth = 0;
	w->why.code = 0;
	alias = aliases_find(a, name);
	if (alias == NULL)
		alias = aliases_find(a, "default");
	if (alias == NULL)
		return false;
	a->walks++;
	enter(w, alias);
	return true;
}

/* Notes why something of an alias is left out. */
static void
leave_out(struct alias_walk *w, const struct alias *alias, struct fault *f)
{
	aliases_locate(w->aliases, alias->line, f);
	if (w->why.code == 0)
		w->why = *f;
}

static bool
being_expanded(const struct alias_walk *w, const struct alias *alias)
{
	for (size_t i = 0; i < w->depth; i++)
		if (w->stack[i].alias == alias)
			return true;
	return false;
}

/* The alias a bare name has inside of another one, or NULL. */
static struct alias *
meaning(const struct alias_walk *w, const struct addr *addr)
{
	struct alias *alias = aliases_find(w->aliases, addr->spec);

	if (alias == w->stack[w->depth - 1].alias)
		return NULL;
	if (alias != NULL)
		return alias;
	/* What default stands for must come to an end. */
	alias = aliases_find(w->aliases, "default");
	return alias == NULL || being_expanded(w, alias) ? NULL : alias;
}

/* Goes on with an alias named within another one; -1: it cannot be. */
static int
descend(struct alias_walk *w, struct alias *alias, struct fault *f)
{
	const struct alias *from = w->stack[w->depth - 1].alias;

	if (being_expanded(w, alias))
		return fault(f, EX_DATAERR, "%s: a loop: it leads back to %s",
		    from->name, alias->name);
	if (w->depth == ALIAS_DEPTH_MAX)
		return fault(f, EX_DATAERR, "%s: more than %d aliases within "
		    "each other", from->name, ALIAS_DEPTH_MAX);
	if (alias->seen != w->aliases->walks)
		enter(w, alias);
	return 0;
}

/*
 * One step.  Returns 1 for an address, 0 for none, or -1 for one that is left
 * out; *loop: because of other aliases, not for what it is.
 */
static int
step(struct alias_walk *w, struct addr *addr, bool *loop, struct fault *f)
{
	struct alias *alias = NULL;
	bool final;
	int found = next_target(&w->stack[w->depth - 1].rest, addr, &final, f);

	*loop = false;
	if (found == 0) {
		w->depth--;
		return w->stack[w->depth].any ? 0 : fault(f, EX_DATAERR,
		    "%s: no address", w->stack[w->depth].alias->name);
	}
	w->stack[w->depth - 1].any = true;
	if (found == 1 && addr->domain == NULL && !final)
		alias = meaning(w, addr);
	if (alias == NULL)
		return found;
	*loop = true;
	return descend(w, alias, f);
}

int
alias_next(struct alias_walk *w, struct addr *addr)
{
	while (w->depth > 0) {
		const struct alias *top = w->stack[w->depth - 1].alias;
		struct fault f;
		bool loop;
		int found = step(w, addr, &loop, &f);

		if (found == 1)
			return 1;
		if (found == -1)
			leave_out(w, top, &f);
	}
	return 0;
}

void
alias_check_targets(struct aliases *a, const struct alias *alias)
{
	struct addr_list list;
	struct fault f;
	struct addr addr;
	bool final, any = false;
	int found;

	addr_start(&list, alias->targets);
	while ((found = next_target(&list, &addr, &final, &f)) != 0) {
		any = true;
		if (found == -1)
			aliases_problem(a, alias->line, &f);
	}
	if (!any) {
		(void)fault(&f, EX_DATAERR, "%s: no address",
		    alias->name);
		aliases_problem(a, alias->line, &f);
	}
}

void
alias_check_loops(struct aliases *a)
{
	struct alias_walk w = { .aliases = a };
	struct alias *alias;
	struct fault f;
	struct addr addr;
	bool loop;

	/* As one walk: so each alias is looked into once. */
	a->walks++;
	STAILQ_FOREACH(alias, &a->list, next) {
		if (alias->seen != a->walks)
			enter(&w, alias);
		while (w.depth > 0) {
			unsigned line = w.stack[w.depth - 1].alias->line;

			if (step(&w, &addr, &loop, &f) == -1 && loop)
				aliases_problem(a, line, &f);
		}
	}
}

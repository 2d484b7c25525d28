/* SPDX-License-Identifier: ISC */
#ifndef ALIASING_H
#define ALIASING_H

#include "args.h"
#include "config/conf.h"
#include "mail/envelope.h"

/* How the recipients of this run are completed, and by which aliases. */
struct aliasing {
	struct qualifier qualifier;
	struct aliases	 aliases;
	bool		 logged;
};

/*
 * Opens the file of aliases that the configuration names, to be read when a
 * name without domain comes up.  One that cannot be trusted is as good as
 * none.  All but the aliasing must outlive it; domain is for names without.
 */
void aliasing_open(struct aliasing *, const struct args *,
    const struct conf *, const char *domain);
void aliasing_close(struct aliasing *);

/* Logs what is wrong with aliases that have been used; once. */
void aliasing_log(struct aliasing *);

/* Tells it on standard error instead: for a mail that failed. */
void aliasing_complain(const struct aliasing *);

/*
 * newaliases: checks the file, prints what is wrong with it on standard error
 * and what is in it on standard output.  Returns the exit status.
 */
int aliasing_check(const struct conf *);

#endif

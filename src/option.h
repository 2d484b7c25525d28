/* SPDX-License-Identifier: ISC */
#ifndef OPTION_H
#define OPTION_H

#include "args.h"
#include "base/str.h"

struct option;

/* What an option does; value is NULL when it takes none. */
typedef int setter(const struct option *, struct args *, const char *value,
    struct fault *);

/* One row of the option table. */
struct option {
	char		 name[12];	/* a letter, or a long name */
	char		 takes;		/* 0: nothing, ':': a value, '?': only
					   a glued one */
	const char	*value;		/* what it is called; or NULL */
	const char	*help;		/* one sentence */
	setter		*set;
	size_t		 at;		/* place in struct args, or mode */
};

/* All options; ends with an empty name. */
extern const struct option options[];

/* The row of a name, which is not empty, or NULL. */
const struct option *option_find(struct str name);

/* Prints every option with its meaning on standard output. */
void option_help(void);

#endif

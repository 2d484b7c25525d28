/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ALIAS_H
#define MAIL_ALIAS_H

#include <limits.h>
#include <bsd/sys/queue.h>

#include "base/buf.h"
#include "base/fault.h"

enum {
	ALIASES_FILE_MAX = 1024 * 1024,
	ALIASES_PROBLEMS_MAX = 256 * 1024	/* octets kept of them */
};

#define ALIASES_NO_LINE	UINT_MAX

/* What one name stands for. */
struct alias {
	const char	*name;		/* as an addr-spec; case is ignored */
	struct str	 targets;	/* address list, unfolded */
	unsigned	 line;		/* 0: the keyword root */
	unsigned	 seen;		/* by which walk */
	STAILQ_ENTRY(alias) next;
};

/* The aliases of a file, which is read when it is first needed. */
struct aliases {
	const char	*file;		/* NULL: there is none */
	bool		 optional;	/* it may be missing */
	const char	*root;		/* in place of an alias root; or NULL */

	bool		 loaded;
	int		 unopened;	/* 0, or why the file is not: EX_... */
	STAILQ_HEAD(, alias) list;
	void		*index;
	unsigned	 walks;
	unsigned	 count;		/* of aliases in the file */
	size_t		 longest, total;	/* octets: a value; all */
	struct buf	 problems;	/* "file:line: message\n" each */
	unsigned	 problem_count;
	struct fault	 failed;	/* not all of the file is known, for no
					   fault of its own; code 0: it is */
};

/* Prepares aliases; strings must outlive them. */
void aliases_init(struct aliases *, const char *file, bool optional,
    const char *root);
void aliases_free(struct aliases *);

/*
 * Reads the file unless that has been done: aliases(5) of sendmail and
 * Postfix, addresses only.  What is wrong is noted in problems, and everything
 * else counts.  An optional file that is missing is empty.
 */
void aliases_load(struct aliases *);

/* The same from bytes instead of the file. */
void aliases_parse(struct aliases *, struct str text);

/* The alias of a name, an addr-spec without domain; or NULL. */
struct alias *aliases_find(const struct aliases *, const char *name);

/*
 * Adds to the problems, with "file:line: " in front (locate: only that), or
 * for line 0 "root: ", for ALIASES_NO_LINE nothing.  EX_OSERR is a failure.
 */
void aliases_problem(struct aliases *, unsigned line, struct fault *);
void aliases_locate(const struct aliases *, unsigned line, struct fault *);

#endif

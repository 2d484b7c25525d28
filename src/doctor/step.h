/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_STEP_H
#define DOCTOR_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

enum step_status { STEP_OK, STEP_WARNING, STEP_FAILURE };
enum { STEP_TEXT = 1024, STEP_DETAILS = 8, STEP_DETAIL = 512 };

/* Something of a step that a program may want to know by itself. */
struct detail {
	const char	*name;
	bool		 is_number;
	int64_t		 number;
	char		 text[STEP_DETAIL];
};

/* One thing that was looked at.  Texts are printable. */
struct step {
	const char	*name;
	enum step_status status;
	int64_t		 ms;		/* it took */
	char		 text[STEP_TEXT];	/* what was found */
	char		 hint[STEP_TEXT];	/* what to do about it */
	struct detail	 detail[STEP_DETAILS];
	unsigned	 details;
};

/* Sets name and status and starts the clock. */
void step_begin(struct step *, const char *name);

/* Stops it. */
void step_stop(struct step *);

/* Adds words to the text, with "; " between; bytes from outside are escaped. */
void step_say(struct step *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Makes the step at least that bad, and says what to do; "" adds nothing, and
 * of several hints the first for the worst counts.
 */
void step_judge(struct step *, enum step_status, const char *hint, ...)
    __attribute__((format(printf, 3, 4)));

/* Add a detail; those that are too many are left out. */
void step_number(struct step *, const char *name, int64_t);
void step_text(struct step *, const char *name, const char *);

#endif

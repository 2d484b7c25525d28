/* SPDX-License-Identifier: ISC */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <sysexits.h>

enum { FAULT_TEXT = 640 };

/*
 * Why something failed: a sysexits(3) code and one line of text in the form
 * "object: what: why (what to do)", safe to print.  code == 0: no fault.
 */
struct fault {
	int	code;
	char	text[FAULT_TEXT];
};

/*
 * Stores the code and the formatted text, in which bytes from outside are
 * escaped (see str_escape), and returns -1, so that "return fault(...);" is a
 * whole error path.  A fault may be rewritten with its own text as argument.
 */
#define fault(...)		(fault_set(__VA_ARGS__), -1)

/* The same with ": " and the text of the system's error number behind it. */
#define fault_errno(...)	(fault_set_errno(__VA_ARGS__), -1)

/* What these macros call; they show compilers and checkers the -1. */
void fault_set(struct fault *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void fault_set_errno(struct fault *, int code, int error, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif

/* SPDX-License-Identifier: ISC */
#ifndef BASE_PRIVILEGE_H
#define BASE_PRIVILEGE_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/fault.h"

/*
 * True when the program was started with rights that its caller does not have
 * (set-group-id), and ever after: nothing the caller can choose may then say
 * where the program reads, what it runs or whom it believes.
 */
bool privilege_lent(void);

/*
 * When rights are lent, leaves nothing of the caller's environment but TZ, if
 * that is the plain name of a zone, and moves to the root directory.  To be
 * called first.
 */
void privilege_prepare(void);

/*
 * Gives up, for good, what the caller does not have.  Returns -1 with EX_OSERR
 * when that does not work or could be undone; the program must end then.
 */
int privilege_drop(struct fault *);

/* The caller, and as whom we act: the caller too once rights are given up. */
uid_t privilege_caller(void);
uid_t privilege_user(void);

#endif

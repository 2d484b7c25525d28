/* SPDX-License-Identifier: ISC */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>

#include "base/fault.h"

enum sandbox_want { SANDBOX_AUTO, SANDBOX_REQUIRED, SANDBOX_OFF };

/*
 * What the process may ask of the kernel, less and less:
 *
 * SANDBOX_LISTEN, before anything of a message is looked at: no program can be
 * run, no other process looked into, no memory be made executable, no
 * connection be accepted, no right be gained.  The attempt kills the process
 * where no honest program would make it, and fails with ENOSYS elsewhere.
 *
 * SANDBOX_TALK, when the last connection is made: no socket, no process, and no
 * file but those below a directory that is open already, to append to, or
 * without a name.  Which directories and files, Landlock has said before.
 *
 * SANDBOX_SHUT, the same when mail that fails is kept nowhere: no file at all.
 *
 * In the last two the attempt fails with EPERM.
 */
enum sandbox_phase { SANDBOX_LISTEN, SANDBOX_TALK, SANDBOX_SHUT };

/* False where it would break what the program was compiled with. */
bool sandbox_possible(void);

/*
 * Gives up the right to gain rights (no_new_privs), which Landlock needs
 * as well.  Returns -1 with EX_OSERR.
 */
int sandbox_begin(struct fault *);

/*
 * Enters a phase, for good and for all children.  Returns -1 with EX_OSERR
 * when the kernel cannot do it.
 */
int sandbox_enter(enum sandbox_phase, struct fault *);

#endif

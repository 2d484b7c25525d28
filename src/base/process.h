/* SPDX-License-Identifier: ISC */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <sys/types.h>

/*
 * Makes the process safe to hold secrets and to be called by anybody: no
 * descriptor but 0-2, and these open (a closed one becomes /dev/null, a
 * closed standard input one that cannot be read);
 * SIGPIPE and SIGXFSZ are errors instead of deaths; no core file, no ptrace.
 */
void process_prepare(void);

/*
 * Goes on in a process of its own, which nobody waits for and which has no
 * terminal, no directory, and at descriptors 0-2 what has ended.  Returns 1 in
 * it, 0 in the caller's process, -1 when it cannot be made.
 */
int process_detach(void);

/*
 * Goes on in a second process as well.  Returns 0 in it; its id in the
 * caller's, where *ended can be read from when it has ended; or -1.
 */
pid_t process_branch(int *ended);

/* Waits for its end, closes the descriptor and returns an exit status. */
int process_join(pid_t, int ended);

#endif

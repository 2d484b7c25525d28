/* SPDX-License-Identifier: ISC */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

/*
 * Makes the process safe to hold secrets and to be called by anybody: no
 * descriptor but 0-2, and these open (a closed one becomes /dev/null, a
 * closed standard input one that cannot be read); files made are private;
 * SIGPIPE and SIGXFSZ are errors instead of deaths; no core file, no ptrace.
 */
void process_prepare(void);

#endif

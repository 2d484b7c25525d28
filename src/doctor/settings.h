/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_SETTINGS_H
#define DOCTOR_SETTINGS_H

#include "config/conf.h"
#include "config/origin.h"
#include "doctor/paper.h"

/* Which file counts, whose it is, and which of its lines have an effect. */
void settings_file(struct paper *, const struct origins *);

/*
 * Why the program does not get further: each line of the errors (may be
 * empty), and the fault.
 */
void settings_failed(struct paper *, const struct origins *, struct str errors,
    const struct fault *);

/* The other files that the settings name: passwords, CAs, certificates. */
void settings_files(struct paper *, const struct conf *);

/* The spool: what is in it, whether there is room. */
void settings_spool(struct paper *, const struct conf *);

#endif

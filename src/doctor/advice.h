/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_ADVICE_H
#define DOCTOR_ADVICE_H

#include "base/watch.h"

/* What to do when a stage has failed for this reason; "" when that says it. */
const char *advice(enum stage, const char *reason);

#endif

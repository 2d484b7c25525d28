/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_EXAM_H
#define DOCTOR_EXAM_H

#include "base/watch.h"
#include "delivery/deliver.h"
#include "doctor/paper.h"
#include "net/address.h"

/* A stage that is under way. */
struct under_way {
	bool		 open;
	int64_t		 since;		/* clock_ms() */
	char		 what[320];
	struct buf	 notes;		/* with "; " between */
	unsigned	 noted;
};

/* The relays as they answer now, seen by looking on while mail is sent. */
struct exam {
	struct watch	 watch;		/* of the courier */
	struct courier	*courier;
	struct paper	*paper;
	struct under_way stage[STAGES];
	/* Of the last session; size 0: not known. */
	struct address	 peer, own;
};

/* How long a relay is waited for, unless its settings say less. */
enum { EXAM_PATIENCE_MS = 10 * 1000 };

void exam_open(struct exam *, struct courier *, struct paper *);
void exam_close(struct exam *);

#endif

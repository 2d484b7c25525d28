/* SPDX-License-Identifier: ISC */
#ifndef DOCTOR_PAPER_H
#define DOCTOR_PAPER_H

#include "base/buf.h"
#include "doctor/step.h"

/* Where the steps of an examination are written down, on standard output. */
struct paper {
	const struct paper_kind *kind;
	struct buf	 json;
	bool		 colour;
	char		 relay[512];	/* that the steps are about; "": none */
	enum step_status worst;
};

/* How an examination has ended. */
struct diagnosis {
	const char	*address;	/* that was asked for */
	enum step_status status;
	int		 code;		/* the exit status */
	char		 text[STEP_TEXT];
	int64_t		 ms;
};

/*
 * Text as it comes, for people, with colours on a terminal; or one JSON object
 * in the end.
 */
void paper_open(struct paper *, bool json);

/* From here on the steps are about this relay. */
void paper_relay(struct paper *, const char *url, unsigned line);

/* Stops the step's clock and writes it down. */
void paper_step(struct paper *, struct step *);

/* Returns -1 with EX_IOERR when it cannot be written. */
int paper_close(struct paper *, const struct diagnosis *, struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef MAIL_INTAKE_H
#define MAIL_INTAKE_H

#include "mail/message.h"

/* A message being taken in, and where in it we are. */
struct intake {
	struct message	*m;
	const struct message_limits *limits;
	struct fault	*fault;
	uint64_t	 octets;	/* of input */
	size_t		 column;	/* octets of this line so far */
	size_t		 line_start;	/* of this line in m->header */
	bool		 in_body;
	bool		 high;		/* this line has 8-bit octets */
	bool		 cr;		/* CRs are held back */
	bool		 dot;		/* a line that is "." so far is held */
	bool		 lone_dot;	/* the line before was just that */
	bool		 terminal;	/* a lone dot ends the input at once */
	bool		 ended;
};

/* Starts an empty message; all must outlive the intake. */
void intake_start(struct intake *, struct message *,
    const struct message_limits *, struct fault *);

/* Takes more octets.  Returns -1 with EX_DATAERR (a limit) or EX_IOERR. */
int intake_take(struct intake *, struct str);

/* The input has ended: completes its last line. */
int intake_end(struct intake *);

#endif

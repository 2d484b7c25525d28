/* SPDX-License-Identifier: ISC */
/* The end of everything but the session. */
#include "base/sandbox.h"
#include "smtp/session.h"

void
session_part(struct session *s)
{
	struct fault ignored;

	/* A relay that does not get along with how AUTH came is asked anew. */
	if (!s->only || s->unproven)
		return;
	s->only = false;
	(void)sandbox_enter(SANDBOX_TALK, &ignored);
}

/* SPDX-License-Identifier: ISC */
/* The end of everything but the session. */
#include "smtp/session.h"

enum sandbox_phase
session_phase(const struct session *s)
{
	return s->keeps ? SANDBOX_TALK : SANDBOX_SHUT;
}

void
session_part(struct session *s)
{
	struct fault ignored;

	if (!s->only || s->unproven || s->alone)
		return;
	s->only = false;
	(void)sandbox_enter(session_phase(s), &ignored);
}

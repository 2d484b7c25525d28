/* SPDX-License-Identifier: ISC */
/* The end of everything but the session. */
#include "base/sandbox.h"
#include "smtp/session.h"

void
session_part(struct session *s)
{
	struct fault ignored;

	if (!s->only || s->unproven || s->alone)
		return;
	s->only = false;
	(void)sandbox_enter(s->keeps ? SANDBOX_TALK : SANDBOX_SHUT, &ignored);
}

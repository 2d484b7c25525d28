/* SPDX-License-Identifier: ISC */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include "base/fault.h"

/* What a mail goes through on its way to a relay; some of it more than once. */
enum stage {
	STAGE_ROUTE,		/* which servers stand behind the relay */
	STAGE_NAME,		/* which addresses a server has */
	STAGE_CONNECT,
	STAGE_GREETING,
	STAGE_HELLO,		/* EHLO: what the server can do */
	STAGE_TLS,
	STAGE_AUTH,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGES
};

enum sight { SIGHT_BEGUN, SIGHT_NOTED, SIGHT_DONE };

/*
 * Somebody who looks on.  Each stage that is begun is done, or was begun last
 * when failed() is called; in between there may be things to note.  Texts may
 * hold bytes from outside.
 */
struct watch {
	void	(*see)(struct watch *, enum stage, enum sight,
		    const char *text);
	void	(*failed)(struct watch *, const struct fault *);
};

/* What the lower layers call; nothing happens when nobody looks on (NULL). */
void watch_see(struct watch *, enum stage, enum sight, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void watch_failed(struct watch *, const struct fault *);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Looking on while a mail is sent, without a say in it: nothing that happens
 * depends on whether there is a watch.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/watch.h"

enum { TEXT_MAX = 4096 };

/* Apart, because the text is large and most calls are for nothing. */
__attribute__((noinline, format(printf, 4, 0))) static void
tell(struct watch *w, enum stage stage, enum sight sight, const char *fmt,
    va_list ap)
{
	char text[TEXT_MAX];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	w->see(w, stage, sight, text);
}

void
watch_see(struct watch *w, enum stage stage, enum sight sight,
    const char *fmt, ...)
{
	va_list ap;

	if (w == NULL)
		return;
	va_start(ap, fmt);
	tell(w, stage, sight, fmt, ap);
	va_end(ap);
}

void
watch_failed(struct watch *w, const struct fault *why)
{
	if (w != NULL)
		w->failed(w, why);
}

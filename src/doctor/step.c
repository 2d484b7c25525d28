/* SPDX-License-Identifier: ISC */
/* The steps of an examination, before anybody thinks of how they look. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "base/str.h"
#include "doctor/step.h"

void
step_begin(struct step *s, const char *name)
{
	memset(s, 0, sizeof(*s));
	s->name = name;
	s->ms = -clock_ms();
}

void
step_stop(struct step *s)
{
	if (s->ms < 0)
		s->ms += clock_ms();
}

void
step_say(struct step *s, const char *fmt, ...)
{
	char text[STEP_TEXT];
	size_t n = strlen(s->text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		n = strlcat(s->text, "; ", sizeof(s->text));
	if (n < sizeof(s->text))
		str_escape(s->text + n, sizeof(s->text) - n, str_of(text));
}

void
step_judge(struct step *s, enum step_status status, const char *hint, ...)
{
	char text[STEP_TEXT];
	va_list ap;

	va_start(ap, hint);
	(void)vsnprintf(text, sizeof(text), hint, ap);
	va_end(ap);
	if (text[0] != '\0' && (s->hint[0] == '\0' || status > s->status))
		str_escape(s->hint, sizeof(s->hint), str_of(text));
	if (status > s->status)
		s->status = status;
}

static struct detail *
add(struct step *s, const char *name)
{
	struct detail *d = &s->detail[s->details];

	if (s->details == STEP_DETAILS)
		return NULL;
	s->details++;
	*d = (struct detail){ .name = name };
	return d;
}

void
step_number(struct step *s, const char *name, int64_t number)
{
	struct detail *d = add(s, name);

	if (d == NULL)
		return;
	d->is_number = true;
	d->number = number;
}

void
step_text(struct step *s, const char *name, const char *text)
{
	struct detail *d = add(s, name);

	if (d != NULL)
		(void)strlcpy(d->text, text, sizeof(d->text));
}

/* SPDX-License-Identifier: ISC */
/*
 * Errors are values: they travel up to main(), which alone prints them and
 * ends the process.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/str.h"

static void
store(struct fault *f, int code, const char *text, size_t size, int n)
{
	if (n < 0)
		n = 0;
	if ((size_t)n >= size)
		n = (int)size - 1;
	f->code = code;
	str_escape(f->text, sizeof(f->text), (struct str){ text, (size_t)n });
}

void
fault_set(struct fault *f, int code, const char *fmt, ...)
{
	char text[FAULT_TEXT];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	store(f, code, text, sizeof(text), n);
}

void
fault_set_errno(struct fault *f, int code, int error, const char *fmt, ...)
{
	char text[FAULT_TEXT], what[FAULT_TEXT];
	va_list ap;
	int n;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	n = snprintf(text, sizeof(text), "%s: %s", what, strerror(error));
	store(f, code, text, sizeof(text), n);
}

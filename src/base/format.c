/* SPDX-License-Identifier: ISC */
/*
 * Formatted text without floating point, which nobody here needs: a fifth of
 * what the C library has for it, and several times as fast.  The linker
 * directs all calls here (--wrap), those of the libraries too.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"

enum { DIGITS = 24, LINE = 512 };	/* 64 bits are 22 octal digits */

/* Where the text goes; what does not fit is only counted. */
struct text {
	char	*p;
	size_t	 size, n;
};

/* A va_list that can be passed on by address. */
struct arguments {
	va_list	list;
};

/* What stands between a per cent sign and the letter of the conversion. */
struct spec {
	bool	 left, zero;
	const char *plus;	/* before a number that is not negative */
	int	 width;
	int	 precision;	/* -1: none */
	size_t	 octets;	/* of an integer */
};

/* ---- out ----------------------------------------------------------------- */

static void
put(struct text *t, const char *p, size_t n)
{
	const size_t left = t->n < t->size ? t->size - t->n : 0;

	if (left > 0)
		memcpy(t->p + t->n, p, n < left ? n : left);
	t->n += n;
}

static void
repeat(struct text *t, char c, int times)
{
	for (; times > 0; times--)
		put(t, &c, 1);
}

/* Puts it where the width wants it. */
static void
place(struct text *t, const struct spec *s, const char *p, size_t n)
{
	const int blanks = n < INT_MAX ? s->width - (int)n : 0;

	if (!s->left)
		repeat(t, ' ', blanks);
	put(t, p, n);
	if (s->left)
		repeat(t, ' ', blanks);
}

static void
put_string(struct text *t, const struct spec *s, const char *p)
{
	if (p == NULL)
		p = "(null)";
	place(t, s, p, s->precision < 0 ? strlen(p) :
	    strnlen(p, (size_t)s->precision));
}

/* The base is the number of different digits. */
static void
put_number(struct text *t, const struct spec *s, uint64_t value,
    const char *different, const char *sign)
{
	const size_t base = strlen(different);
	char digits[DIGITS];
	size_t at = sizeof(digits);
	int n, zeroes, blanks;

	for (; value > 0 || (at == sizeof(digits) && s->precision != 0);
	    value /= base)
		digits[--at] = different[value % base];
	n = (int)(sizeof(digits) - at);
	blanks = s->width - (int)strlen(sign) - n;
	zeroes = s->precision < 0 && s->zero && !s->left ? blanks :
	    s->precision - n;
	if (zeroes > 0)
		blanks -= zeroes;
	if (!s->left)
		repeat(t, ' ', blanks);
	put(t, sign, strlen(sign));
	repeat(t, '0', zeroes);
	put(t, digits + at, (size_t)n);
	if (s->left)
		repeat(t, ' ', blanks);
}

/* ---- in ------------------------------------------------------------------ */

/* A number in the format, or in the arguments. */
static const char *
amount(const char *p, int *n, struct arguments *a)
{
	*n = 0;
	if (*p == '*') {
		*n = va_arg(a->list, int);
		return p + 1;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		if (*n < INT_MAX / 10)
			*n = *n * 10 + (*p - '0');
	return p;
}

static const char *
flags(const char *p, struct spec *s)
{
	for (;; p++)
		switch (*p) {
		case '-':
			s->left = true;
			break;
		case '0':
			s->zero = true;
			break;
		case '+':
			s->plus = "+";
			break;
		case ' ':
			if (s->plus[0] == '\0')
				s->plus = " ";
			break;
		default:
			return p;
		}
}

static const char *
length(const char *p, struct spec *s)
{
	switch (*p) {
	case 'h':
		s->octets = p[1] == 'h' ? sizeof(char) : sizeof(short);
		return p + (p[1] == 'h' ? 2 : 1);
	case 'l':
		s->octets = p[1] == 'l' ? sizeof(long long) : sizeof(long);
		return p + (p[1] == 'l' ? 2 : 1);
	case 'j':
		s->octets = sizeof(intmax_t);
		return p + 1;
	case 't':
	case 'z':
		s->octets = sizeof(size_t);
		return p + 1;
	default:
		return p;
	}
}

static const char *
parse(const char *p, struct spec *s, struct arguments *a)
{
	*s = (struct spec){ .plus = "", .precision = -1,
	    .octets = sizeof(int) };
	p = amount(flags(p, s), &s->width, a);
	if (s->width < 0) {
		s->left = true;
		s->width = s->width < -INT_MAX ? INT_MAX : -s->width;
	}
	if (*p == '.')
		p = amount(p + 1, &s->precision, a);
	return length(p, s);
}

/* An argument that is an integer, at the upper end of 64 bits. */
static uint64_t
integer(const struct spec *s, struct arguments *a)
{
	const uint64_t bits = s->octets > sizeof(int) ?
	    va_arg(a->list, uint64_t) : va_arg(a->list, unsigned);

	return bits << (64 - 8 * s->octets);
}

/* Puts one argument as the letter says; false: not one of ours. */
static bool
convert(struct text *t, char letter, const struct spec *s,
    struct arguments *a)
{
	const int unused = 64 - 8 * (int)s->octets;
	int64_t n;
	char c;

	switch (letter) {
	case 'c':
		c = (char)va_arg(a->list, int);
		place(t, s, &c, 1);
		return true;
	case 's':
		put_string(t, s, va_arg(a->list, const char *));
		return true;
	case 'd':
	case 'i':
		n = (int64_t)integer(s, a) >> unused;
		put_number(t, s, n < 0 ? -(uint64_t)n : (uint64_t)n,
		    "0123456789", n < 0 ? "-" : s->plus);
		return true;
	case 'u':
		put_number(t, s, integer(s, a) >> unused, "0123456789", "");
		return true;
	case 'o':
		put_number(t, s, integer(s, a) >> unused, "01234567", "");
		return true;
	case 'x':
		put_number(t, s, integer(s, a) >> unused, "0123456789abcdef",
		    "");
		return true;
	case 'X':
		put_number(t, s, integer(s, a) >> unused, "0123456789ABCDEF",
		    "");
		return true;
	case 'p':
		put_number(t, s, (uintptr_t)va_arg(a->list, void *),
		    "0123456789abcdef", "0x");
		return true;
	case '%':
		put(t, "%", 1);
		return true;
	default:
		return false;
	}
}

static bool
format(struct text *t, const char *p, struct arguments *a)
{
	const char *from = p;
	struct spec s;

	for (; *p != '\0'; p++) {
		if (*p != '%')
			continue;
		put(t, from, (size_t)(p - from));
		p = parse(p + 1, &s, a);
		if (!convert(t, *p, &s, a))
			return false;
		from = p + 1;
	}
	put(t, from, (size_t)(p - from));
	return true;
}

/* ---- printf(3) ----------------------------------------------------------- */

int
__wrap_vsnprintf(char *p, size_t size, const char *fmt, va_list ap)
{
	struct text t = { p, size, 0 };
	struct arguments a;
	bool known;

	va_copy(a.list, ap);
	known = format(&t, fmt, &a);
	va_end(a.list);
	if (size > 0)
		p[t.n < size ? t.n : size - 1] = '\0';
	if (known && t.n <= INT_MAX)
		return (int)t.n;
	errno = known ? EOVERFLOW : EINVAL;
	return -1;
}

int
__wrap_snprintf(char *p, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap_vsnprintf(p, size, fmt, ap);
	va_end(ap);
	return n;
}

int
__wrap_vfprintf(FILE *file, const char *fmt, va_list ap)
{
	char line[LINE], *p = line;
	int n = __wrap_vsnprintf(line, sizeof(line), fmt, ap);

	if (n < 0)
		return -1;
	if ((size_t)n >= sizeof(line)) {
		p = malloc((size_t)n + 1);
		if (p == NULL)
			return -1;
		(void)__wrap_vsnprintf(p, (size_t)n + 1, fmt, ap);
	}
	if (fwrite(p, 1, (size_t)n, file) != (size_t)n)
		n = -1;
	if (p != line)
		free(p);
	return n;
}

int
__wrap_fprintf(FILE *file, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap_vfprintf(file, fmt, ap);
	va_end(ap);
	return n;
}

int
__wrap_printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap_vfprintf(stdout, fmt, ap);
	va_end(ap);
	return n;
}

/* SPDX-License-Identifier: ISC */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/*
 * printf(3) and its kin as the linker's --wrap has the rest of the program,
 * and the C library, find them.  They do what ISO C says, but know no wide
 * characters and return -1 (EINVAL) for floating point, %n and the flag '#'.
 */
int __wrap_vsnprintf(char *, size_t, const char *fmt, va_list);
int __wrap_snprintf(char *, size_t, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What they print is written at once, however long it is. */
int __wrap_vfprintf(FILE *, const char *fmt, va_list);
int __wrap_fprintf(FILE *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int __wrap_printf(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif

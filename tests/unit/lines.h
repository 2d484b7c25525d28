/* SPDX-License-Identifier: ISC */
#ifndef UNIT_LINES_H
#define UNIT_LINES_H

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <bsd/vis.h>

#include "base/str.h"

/*
 * The next line of standard input without its end, good until the next call.
 * NULL at the end.
 */
static inline char *
lines_read(void)
{
	static char *line;
	static size_t room;
	ssize_t n = getline(&line, &room, stdin);

	if (n <= 0) {
		free(line);
		line = NULL;
		return NULL;
	}
	if (line[n - 1] == '\n')
		line[n - 1] = '\0';
	return line;
}

/* The same, printed for what is made of it to follow. */
static inline char *
lines_next(void)
{
	char *line = lines_read();

	if (line != NULL)
		puts(line);
	return line;
}

/* The same; but comments and empty lines are only printed. */
static inline char *
lines_next_case(void)
{
	char *line;

	do
		line = lines_next();
	while (line != NULL && (line[0] == '#' || line[0] == '\0'));
	return line;
}

/* What a text in vis(3) form stands for, in its place. */
static inline struct str
lines_decode(char *text)
{
	int n = strunvis(text, text);

	if (n == -1)
		errx(1, "%s: bad escape", text);
	return (struct str){ text, (size_t)n };
}

#endif

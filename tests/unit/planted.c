/* SPDX-License-Identifier: ISC */
/*
 * Mistakes for valgrind to find: planted unset | beyond | freed | leak; or
 * fine, which is none.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 8 };

/* Compilers must not know what it points to. */
static char *volatile block;

int
main(int argc, char *argv[])
{
	const char *what = argc == 2 ? argv[1] : "";
	bool set = strcmp(what, "unset") != 0;

	if ((block = malloc(SIZE)) == NULL)
		err(1, "malloc");
	if (set)
		memset(block, 'x', SIZE);
	if (strcmp(what, "freed") == 0)
		free(block);
	if (block[strcmp(what, "beyond") == 0 ? SIZE : 0] == 'y')
		puts("y");
	if (strcmp(what, "freed") != 0 && strcmp(what, "leak") != 0)
		free(block);
	block = NULL;
	return 0;
}

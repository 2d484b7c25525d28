/* SPDX-License-Identifier: ISC */
/*
 * Prints the keyword table: name, default ("-" for none), "relay" or "global",
 * help, with a TAB between.  Given words, prints for each the keyword it may
 * have been meant to be.
 */
#include <stdio.h>

#include "config/keyword.h"

int
main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		const char *near = keyword_suggest(str_of(argv[i]));

		printf("%s\t%s\n", argv[i], near == NULL ? "-" : near);
	}
	for (const struct keyword *k = keywords; argc == 1 && k->name != NULL;
	    k++)
		printf("%s\t%s\t%s\t%s\n", k->name,
		    k->standard == NULL ? "-" : k->standard,
		    k->per_relay ? "relay" : "global", k->help);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/* Reads domains in vis(3) form and prints each with its ASCII form. */
#include "base/idna.h"
#include "lines.h"

int
main(void)
{
	char *line, ascii[IDNA_MAX + 1];
	struct fault f = { 0 };

	while ((line = lines_next_case()) != NULL)
		if (idna_ascii(lines_decode(line), ascii, &f) != 0)
			printf("    (%d) %s\n", f.code, f.text);
		else
			printf("    %s\n", ascii);
	return 0;
}

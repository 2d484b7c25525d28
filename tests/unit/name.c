/* SPDX-License-Identifier: ISC */
/*
 * Reads "NAME HOST" per line and prints the line with what name_covers() says
 * of it, and the length of the address when HOST is one.
 */
#include <stdio.h>
#include <string.h>

#include "net/name.h"

int
main(void)
{
	unsigned char octets[NAME_ADDRESS_MAX];
	char line[600], *host;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		host = strchr(line, ' ');
		if (host == NULL)
			return 65;
		*host++ = '\0';
		printf("%s %s: %s %zu\n", line, host,
		    name_covers(str_of(line), host) ? "yes" : "no",
		    name_address(host, octets));
	}
	return 0;
}

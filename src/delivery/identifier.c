/* SPDX-License-Identifier: ISC */
/*
 * Names of spooled mails: nine digits of time and seven of chance, to the base
 * of 32 and without letters that look like digits.  They sort by age.
 */
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "delivery/entry.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
entry_name(char id[ENTRY_ID_SIZE])
{
	unsigned char random[ENTRY_ID_LENGTH - 9];
	struct timespec now;
	uint64_t ms;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	for (size_t i = 0; i < 9; i++)
		id[i] = digits[ms >> (40 - 5 * i) & 31];
	random_bytes(random, sizeof(random));
	for (size_t i = 9; i < ENTRY_ID_LENGTH; i++)
		id[i] = digits[random[i - 9] & 31];
	id[ENTRY_ID_LENGTH] = '\0';
}

bool
entry_is_id(const char *text)
{
	return strlen(text) == ENTRY_ID_LENGTH &&
	    strspn(text, digits) == ENTRY_ID_LENGTH;
}

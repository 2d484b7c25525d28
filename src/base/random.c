/* SPDX-License-Identifier: ISC */
/*
 * Random numbers from the kernel.  Not arc4random(3): where memory is short
 * that ends the process without a word, and a message is lost.
 */
#include <sys/auxv.h>
#include <sys/random.h>

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"

/*
 * What is left when the kernel refuses: the octets it gave to this process
 * when that began, never two times the same (splitmix64).
 */
static void
scrape(unsigned char *p, size_t n)
{
	static uint64_t state;
	const char *start = (const char *)getauxval(AT_RANDOM);
	struct timespec now;

	if (state == 0) {
		(void)clock_gettime(CLOCK_REALTIME, &now);
		if (start != NULL)
			memcpy(&state, start + 8, sizeof(state));
		state ^= (uint64_t)now.tv_nsec << 32 ^ (uint64_t)getpid();
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		p[i] = (unsigned char)(z >> 56);
	}
}

void
random_bytes(void *p, size_t n)
{
	ssize_t got;

	do
		got = getrandom(p, n, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0 || (size_t)got < n)
		scrape(p, n);
}

uint32_t
random_number(void)
{
	uint32_t n;

	random_bytes(&n, sizeof(n));
	return n;
}

uint32_t
random_below(uint32_t limit)
{
	/* Of one there is no choice. */
	return limit < 2 ? 0 :
	    (uint32_t)((uint64_t)random_number() * limit >> 32);
}

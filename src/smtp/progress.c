/* SPDX-License-Identifier: ISC */
/*
 * A line on the terminal that says how far a long transfer is.  It is drawn
 * over and over and taken away in the end, with nothing but carriage returns
 * and blanks, which every terminal knows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "smtp/progress.h"

enum { FIRST_MS = 1000, AGAIN_MS = 250, WIDTH = 64, AMOUNT = 24 };

void
progress_start(struct progress *p, bool wanted, uint64_t total)
{
	*p = (struct progress){ .total = total,
	    .shown = wanted && isatty(STDERR_FILENO) };
	if (!p->shown)
		return;
	p->started = clock_ms();
	p->next = p->started + FIRST_MS;
}

/* "1.5 MiB" */
static void
amount(char text[AMOUNT], uint64_t octets)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	uint64_t tenths = octets * 10;
	size_t i = 0;

	while (tenths >= 10240 && i < 4) {
		tenths /= 1024;
		i++;
	}
	if (i == 0)
		(void)snprintf(text, AMOUNT, "%" PRIu64 " B", octets);
	else
		(void)snprintf(text, AMOUNT, "%" PRIu64 ".%u %s", tenths / 10,
		    (unsigned)(tenths % 10), units[i]);
}

static void
draw(struct progress *p, int64_t now)
{
	char line[128], done[AMOUNT], total[AMOUNT], rate[AMOUNT];
	uint64_t ms = (uint64_t)(now - p->started);
	uint64_t each = ms == 0 ? 0 : p->done * 1000 / ms;
	uint64_t left = p->total > p->done ? p->total - p->done : 0;
	uint64_t eta = each == 0 ? 0 : left / each;

	amount(done, p->done);
	amount(total, p->total);
	amount(rate, each);
	(void)snprintf(line, sizeof(line), "%s of %s, %s/s, %" PRIu64
	    ":%02u left", done, total, rate, eta / 60, (unsigned)(eta % 60));
	(void)fprintf(stderr, "\r%-*.*s", WIDTH, WIDTH, line);
	p->drawn = true;
}

void
progress_add(struct progress *p, uint64_t n)
{
	int64_t now;

	p->done += n;
	if (!p->shown || (now = clock_ms()) < p->next)
		return;
	p->next = now + AGAIN_MS;
	draw(p, now);
}

void
progress_end(struct progress *p)
{
	if (p->drawn)
		(void)fprintf(stderr, "\r%*s\r", WIDTH, "");
	p->drawn = false;
}

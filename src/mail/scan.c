/* SPDX-License-Identifier: ISC */
/*
 * The inner loops of intake and of dot-stuffing: what stands out in a text is
 * looked for in many lanes at once.
 */
#include <endian.h>
#include <string.h>

#include "base/lanes.h"
#include "mail/scan.h"

enum { LANES = sizeof(octets), WORD = sizeof(uint64_t) };

static inline bool
stops(char c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

size_t
scan_text(struct str s, bool *high)
{
	octets seen = { 0 };
	size_t i = 0;
	bool bits;

	for (; i + LANES <= s.n; i += LANES) {
		octets v = lanes_load(s.p + i);

		if (lanes_any((octets)((v == '\n') | (v == '\r') | (v == 0))))
			break;
		seen |= v;
	}
	bits = lanes_any(seen & 128);
	for (; i < s.n && !stops(s.p[i]); i++)
		bits |= (unsigned char)s.p[i] >= 128;
	if (bits)
		*high = true;
	return i;
}

size_t
scan_to_dot(struct str s)
{
	size_t i = 0;

	for (; i + LANES < s.n; i += LANES)
		if (lanes_any((octets)((lanes_load(s.p + i) == '\n') &
		    (lanes_load(s.p + i + 1) == '.'))))
			break;
	for (; i + 1 < s.n; i++)
		if (s.p[i] == '\n' && s.p[i + 1] == '.')
			return i + 1;
	return s.n;
}

/* Where scan_lines() has got to. */
struct copy {
	const char	*line;		/* where the next one starts */
	char		*to, *end;	/* ... and goes, if before the end */
	uint64_t	 lines;
};

/* Copies the line that this LF ends; false: it is not for us. */
static inline bool
copy_line(struct copy *c, const char *lf)
{
	size_t n = (size_t)(lf - c->line), i = 0;

	if (n > 0 && lf[-1] == '\r')
		n--;
	if (n > MESSAGE_LINE_MAX || *c->line == '.' || c->to > c->end)
		return false;
	do {
		memcpy(c->to + i, c->line + i, LANES);
		i += LANES;
	} while (i < n);
	memcpy(c->to + n, "\r\n", 2);
	c->to += n + 2;
	c->line = lf + 1;
	c->lines++;
	return true;
}

/* Deals with what stands out among eight octets; false: to stop at it. */
static inline bool
copy_lines(struct copy *c, const char *p, uint64_t lanes)
{
	while (lanes != 0) {
		const int i = __builtin_ctzll(lanes) / 8;

		if (p[i] == '\n' ? !copy_line(c, p + i) :
		    p[i] == '\0' || (p[i] == '\r' && p[i + 1] != '\n'))
			return false;
		lanes &= ~((uint64_t)255 << 8 * i);
	}
	return true;
}

/*
 * What there is to be found is looked for at fixed steps, so that the machine
 * need not know where a line ends in order to look for the end of the next.
 */
struct scanned
scan_lines(struct str text, char *room, size_t size)
{
	struct copy c = { text.p, room, room + size - SCAN_ROOM, 0 };
	octets seen = { 0 };

	/* Of the last vector a whole one may be copied, from its last octet. */
	for (size_t i = 0; i + 2 * LANES <= text.n; i += LANES) {
		const char *p = text.p + i;
		const octets v = lanes_load(p);
		uint64_t lanes[2];

		/* Line ends, NUL, and controls that nobody minds. */
		const octets found = (octets)(v <= '\r');

		seen |= v;
		memcpy(lanes, &found, sizeof(lanes));
		if ((lanes[0] | lanes[1]) != 0 &&
		    (!copy_lines(&c, p, le64toh(lanes[0])) ||
		    !copy_lines(&c, p + WORD, le64toh(lanes[1]))))
			break;
	}
	return (struct scanned){ (size_t)(c.line - text.p),
	    (size_t)(c.to - room), c.lines, lanes_any(seen & 128) };
}

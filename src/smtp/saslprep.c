/* SPDX-License-Identifier: ISC */
/*
 * Preparation of user names and passwords for SCRAM, RFC 4013: a profile of
 * stringprep (RFC 3454).  Done are the mapping of spaces and invisible
 * characters and the refusal of control characters.  Not done are Unicode
 * normalisation (NFKC) and the bidirectional rules, whose tables would weigh
 * more than the rest of this program: composed characters, which is what
 * keyboards produce, come out right.
 */
#include "base/utf8.h"
#include "smtp/saslprep.h"

enum action { KEEP, SPACE, DROP, REFUSE };

/*
 * Ranges of code points in ascending order, from RFC 3454: C.1.2 to SPACE,
 * B.1 to DROP, C.2, C.8 and the commonest of C.4 and C.6 to REFUSE.
 */
static const struct range {
	uint32_t	first, last;
	enum action	action;
} ranges[] = {
	{ 0x0000, 0x001f, REFUSE },	{ 0x007f, 0x009f, REFUSE },
	{ 0x00a0, 0x00a0, SPACE },	{ 0x00ad, 0x00ad, DROP },
	{ 0x0340, 0x0341, REFUSE },	{ 0x034f, 0x034f, DROP },
	{ 0x06dd, 0x06dd, REFUSE },	{ 0x070f, 0x070f, REFUSE },
	{ 0x1680, 0x1680, SPACE },	{ 0x1806, 0x1806, DROP },
	{ 0x180b, 0x180d, DROP },	{ 0x180e, 0x180e, REFUSE },
	{ 0x2000, 0x200b, SPACE },	{ 0x200c, 0x200d, DROP },
	{ 0x200e, 0x200f, REFUSE },	{ 0x2028, 0x202e, REFUSE },
	{ 0x202f, 0x202f, SPACE },	{ 0x205f, 0x205f, SPACE },
	{ 0x2060, 0x2060, DROP },	{ 0x2061, 0x2063, REFUSE },
	{ 0x206a, 0x206f, REFUSE },	{ 0x3000, 0x3000, SPACE },
	{ 0xfdd0, 0xfdef, REFUSE },	{ 0xfe00, 0xfe0f, DROP },
	{ 0xfeff, 0xfeff, DROP },	{ 0xfff9, 0xffff, REFUSE },
	{ 0x1d173, 0x1d17a, REFUSE }
};

static enum action
action_for(uint32_t point)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return ranges[i].action;
	return KEEP;
}

int
saslprep(struct buf *out, struct str s, struct fault *f)
{
	size_t start = out->n;
	uint32_t point;

	while (s.n > 0) {
		size_t n = utf8_decode(s, &point);

		if (n == 0)
			return fault(f, EX_CONFIG, "is not UTF-8");
		switch (action_for(point)) {
		case KEEP:
			(void)buf_add(out, s.p, n);
			break;
		case SPACE:
			(void)buf_char(out, ' ');
			break;
		case DROP:
			break;
		case REFUSE:
			/* Which one is not said: it is part of a secret. */
			return fault(f, EX_CONFIG, "holds a control character "
			    "or another that RFC 4013 forbids");
		}
		s.p += n;
		s.n -= n;
	}
	if (out->n == start && !out->failed)
		return fault(f, EX_CONFIG, "is empty");
	return 0;
}

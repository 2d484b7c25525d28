/* SPDX-License-Identifier: ISC */
/*
 * The formatter beside the C library's: the same text for any format.
 */
#include <assert.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/format.c"

enum { ROUNDS = 300000, ROOM = 96 };

/* Called so, formats may be made while we run. */
typedef int printer(char *, size_t, const char *, ...);
static printer *const ours = __wrap_snprintf, *const theirs = snprintf;

static uint32_t seed = 1;

static uint32_t
number(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* The same amount of text in the same room; ours is not to touch the rest. */
#define SAME(size, ...)	do {						\
	char one[ROOM], other[ROOM];					\
	int n, m;							\
									\
	memset(one, '#', sizeof(one));					\
	memset(other, '#', sizeof(other));				\
	n = ours(one, size, __VA_ARGS__);				\
	m = theirs(other, size, __VA_ARGS__);				\
	if (n != m || memcmp(one, other, sizeof(one)) != 0) {		\
		(void)printf("\"%s\": %d \"%.90s\", not %d \"%.90s\"\n",	\
		    format, n, one, m, other);				\
		exit(1);						\
	}								\
} while (0)

static uint64_t
bits(void)
{
	static const uint64_t odd[] = { 0, 1, INT64_MAX, (uint64_t)INT64_MIN,
	    UINT64_MAX, INT_MAX, (uint64_t)INT_MIN, 255, 128, 65535 };

	return number(2) == 0 ? odd[number(10)] :
	    ((uint64_t)number(1 << 24) << 40 | (uint64_t)number(1 << 24) << 16 |
	    number(1 << 16)) >> number(64);
}

/* Adds a width or precision; true: it is to be among the arguments. */
static bool
add_amount(char *format)
{
	char text[16];

	switch (number(3)) {
	case 0:
		(void)snprintf(text, sizeof(text), "%u", number(40));
		(void)strlcat(format, text, ROOM);
		return false;
	case 1:
		(void)strlcat(format, "*", ROOM);
		return true;
	default:
		return false;
	}
}

/* An integer of any kind; width and precision come from outside or not. */
static void
try_integer(char *format, const bool outside[2])
{
	static const char *const lengths[] = { "hh", "h", "", "l", "ll", "j",
	    "z", "t" };
	const size_t size = number(ROOM), length = number(8);
	const int width = (int)number(60) - 30, precision = (int)number(40) - 9;
	const uint64_t value = bits();
	const char letter[] = { "diuoxX"[number(6)], '\0' };

	(void)strlcat(format, lengths[length], ROOM);
	(void)strlcat(format, letter, ROOM);
	(void)strlcat(format, "|%s", ROOM);
	if (outside[0] && outside[1])
		SAME(size, format, width, precision, value, "end");
	else if (outside[0] || outside[1])
		SAME(size, format, outside[0] ? width : precision, value,
		    "end");
	else
		SAME(size, format, value, "end");
}

static void
try_string(char *format, const bool outside[2])
{
	static const char *const texts[] = { "", "a", "sendlet",
	    "rather long, but not too long for this" };
	const size_t size = number(ROOM);
	const int width = (int)number(60) - 30, precision = (int)number(40) - 9;
	const char *value = texts[number(4)];

	(void)strlcat(format, "s%%%c", ROOM);
	if (outside[0] && outside[1])
		SAME(size, format, width, precision, value, 'x');
	else if (outside[0] || outside[1])
		SAME(size, format, outside[0] ? width : precision, value, 0);
	else
		SAME(size, format, value, '%');
}

static void
try_any(void)
{
	static const char flags[] = "-0+ ";
	char format[ROOM] = "at <%";
	const bool text = number(4) == 0;
	bool outside[2];

	for (size_t i = 0; i < (text ? 1 : 4); i++)
		if (number(3) == 0)
			(void)strlcat(format, (const char[]){ flags[i], '\0' },
			    sizeof(format));
	outside[0] = add_amount(format);
	outside[1] = false;
	if (number(2) == 0) {
		(void)strlcat(format, ".", sizeof(format));
		outside[1] = add_amount(format);
	}
	(text ? try_string : try_integer)(format, outside);
}

/* What is printed arrives as a whole, in one piece if that is possible. */
static void
try_file(void)
{
	char text[3 * LINE], back[sizeof(text) + 8] = "";
	int end[2];

	memset(text, 't', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert(pipe(end) == 0 && dup2(end[1], STDERR_FILENO) >= 0);
	for (int cut = 0; cut < 2; cut++) {
		int n = __wrap_fprintf(stderr, "%.*s\n", cut == 0 ? LINE - 2 :
		    (int)sizeof(text), text);

		assert(read(end[0], back, sizeof(back)) == n);
		assert(n == (cut == 0 ? LINE - 1 : (int)sizeof(text)));
		assert(strspn(back, "t") == (size_t)n - 1 &&
		    back[n - 1] == '\n');
	}
}

int
main(void)
{
	static const char *const strange[] = { "%f", "%n", "%#x", "%", "%y",
	    "%5" };
	char format[] = "pointer %p, %12p.", room[8];

	for (int i = 0; i < ROUNDS; i++)
		try_any();
	SAME(ROOM, format, (void *)format, (void *)format);
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		errno = 0;
		assert(ours(room, sizeof(room), strange[i], 1, 2) == -1 &&
		    errno == EINVAL);
	}
	/* Nobody is to see in advance that it is NULL. */
	assert(ours(room, sizeof(room), "%s", number(1) == 0 ? NULL : "") ==
	    6 && strcmp(room, "(null)") == 0);
	(void)__wrap_printf("%s\n", "ok");
	try_file();
	return 0;
}

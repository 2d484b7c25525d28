/* SPDX-License-Identifier: ISC */
/*
 * A mutator for inputs that are lines, behind HEADER octets of choices: lines
 * are added, dropped, doubled, moved and exchanged between inputs, and octets
 * change within a line.  It is libFuzzer's custom mutator; built as a shared
 * object it is AFL++'s, beside its own mutations.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef HEADER
#define HEADER 2
#endif

/* A linear congruential generator: each seed gives the same mutation. */
static size_t
pick(unsigned *seed, size_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return below == 0 ? 0 : (*seed >> 8) % below;
}

/* The line that holds the octet at: its start; *n: with its line end. */
static size_t
line_at(const uint8_t *data, size_t size, size_t at, size_t *n)
{
	size_t start = at, end = at;

	while (start > HEADER && data[start - 1] != '\n')
		start--;
	while (end < size && data[end] != '\n')
		end++;
	*n = end - start + (end < size);
	return start;
}

static size_t
any_line(const uint8_t *data, size_t size, size_t *n, unsigned *seed)
{
	if (size <= HEADER) {
		*n = 0;
		return size;
	}
	return line_at(data, size, HEADER + pick(seed, size - HEADER), n);
}

/* Puts n octets of a copy at a line's start, in place of old octets. */
static size_t
put(uint8_t *data, size_t size, size_t max, const size_t place[2],
    const uint8_t *from, size_t n)
{
	size_t at = place[0], old = place[1];
	uint8_t *copy;

	if (n == 0 || size - old + n > max || (copy = malloc(n)) == NULL)
		return size;
	memcpy(copy, from, n);
	memmove(data + at + n, data + at + old, size - at - old);
	memcpy(data + at, copy, n);
	free(copy);
	return size - old + n;
}

static size_t
drop(uint8_t *data, size_t size, unsigned *seed)
{
	size_t n, at = any_line(data, size, &n, seed);

	memmove(data + at, data + at + n, size - at - n);
	return size - n;
}

/* A line of other, which may be data, is put before or over one of data. */
static size_t
borrow(uint8_t *data, size_t size, size_t max, const uint8_t *other,
    size_t other_size, unsigned *seed)
{
	bool over = pick(seed, 3) == 0;
	size_t n, place[2], from = any_line(other, other_size, &n, seed);

	place[0] = any_line(data, size, &place[1], seed);
	if (!over)
		place[1] = 0;
	return put(data, size, max, place, other + from, n);
}

/* The lines of data up to somewhere, then those of other from somewhere. */
static size_t
splice(uint8_t *data, size_t size, size_t max, const uint8_t *other,
    size_t other_size, unsigned *seed)
{
	size_t n, at, from;

	at = any_line(data, size, &n, seed);
	from = any_line(other, other_size, &n, seed);
	n = other_size - from;
	if (n == 0 || at + n > max)
		return size;
	memmove(data + at, other + from, n);
	return at + n;
}

/* Moves a line to another place. */
static size_t
move(uint8_t *data, size_t size, size_t max, unsigned *seed)
{
	size_t n, place[2] = { 0, 0 }, from = any_line(data, size, &n, seed);
	uint8_t *line = malloc(n + 1);

	if (line == NULL)
		return size;
	memcpy(line, data + from, n);
	memmove(data + from, data + from + n, size - from - n);
	size -= n;
	place[0] = any_line(data, size, &place[1], seed);
	place[1] = 0;
	size = put(data, size, max, place, line, n);
	free(line);
	return size;
}

static void
change_choice(uint8_t *data, size_t size, unsigned *seed)
{
	size_t at = pick(seed, HEADER);

	if (at < size)
		data[at] ^= (uint8_t)(1U << pick(seed, 8));
}

static size_t
change_lines(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	for (size_t times = 1 + pick(&seed, 3); times > 0; times--)
		switch (pick(&seed, 4)) {
		case 0:
			size = drop(data, size, &seed);
			break;
		case 1:
			size = move(data, size, max, &seed);
			break;
		case 2:
			change_choice(data, size, &seed);
			break;
		default:
			size = borrow(data, size, max, data, size, &seed);
		}
	return size;
}

#ifndef AFL

size_t LLVMFuzzerMutate(uint8_t *, size_t, size_t);
size_t LLVMFuzzerCustomMutator(uint8_t *, size_t, size_t, unsigned);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *, size_t, const uint8_t *,
    size_t, uint8_t *, size_t, unsigned);

/* Octets of one line, with words of the dictionary. */
static size_t
change_line(uint8_t *data, size_t size, size_t max, unsigned *seed)
{
	size_t n, at = any_line(data, size, &n, seed), most = n + 64, now;
	uint8_t *line = malloc(most);

	if (line == NULL)
		return size;
	memcpy(line, data + at, n);
	/* A word of the dictionary may well be a line of its own. */
	now = LLVMFuzzerMutate(line, pick(seed, 4) == 0 ? 0 : n, most);
	size = put(data, size, max, (size_t[]){ at, now < n ? n :
	    pick(seed, 2) == 0 ? n : 0 }, line, now);
	free(line);
	return size;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	switch (pick(&seed, 8)) {
	case 0:
	case 1:
		return LLVMFuzzerMutate(data, size, max);
	case 2:
	case 3:
	case 4:
		return change_line(data, size, max, &seed);
	default:
		return change_lines(data, size, max, seed);
	}
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b,
    size_t b_size, uint8_t *out, size_t max, unsigned seed)
{
	size_t n = a_size < max ? a_size : max;

	memcpy(out, a, n);
	return pick(&seed, 2) == 0 ? splice(out, n, max, b, b_size, &seed) :
	    borrow(out, n, max, b, b_size, &seed);
}

#else

void *afl_custom_init(void *, unsigned);
size_t afl_custom_fuzz(void *, uint8_t *, size_t, uint8_t **, uint8_t *,
    size_t, size_t);
void afl_custom_deinit(void *);

struct state {
	unsigned	 seed;
	uint8_t		*out;
	size_t		 room;
};

void *
afl_custom_init(void *afl, unsigned seed)
{
	struct state *s = calloc(1, sizeof(*s));

	(void)afl;
	if (s == NULL)
		abort();
	s->seed = seed;
	return s;
}

size_t
afl_custom_fuzz(void *state, uint8_t *data, size_t size, uint8_t **out,
    uint8_t *other, size_t other_size, size_t max)
{
	struct state *s = state;
	size_t n = size < max ? size : max;

	if (s->room < max) {
		free(s->out);
		s->room = max;
		if ((s->out = malloc(max)) == NULL)
			abort();
	}
	memcpy(s->out, data, n);
	*out = s->out;
	switch (other == NULL ? 9 : pick(&s->seed, 4)) {
	case 0:
		return splice(s->out, n, max, other, other_size, &s->seed);
	case 1:
		return borrow(s->out, n, max, other, other_size, &s->seed);
	default:
		(void)pick(&s->seed, 1);
		return change_lines(s->out, n, max, s->seed);
	}
}

void
afl_custom_deinit(void *state)
{
	struct state *s = state;

	free(s->out);
	free(s);
}

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The allocator under random use: nothing overlaps, nothing changes, zeroes
 * are zeroes, and what does not fit comes from the system.
 */
#include <sys/wait.h>

#include <assert.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/heap.c"

enum { SLOTS = 200, ROUNDS = 200000 };

static size_t from_system, from_room;
static uint32_t seed = 1;

void *
__real_malloc(size_t n)
{
	from_system++;
	return malloc(n);
}

void *
__real_calloc(size_t count, size_t size)
{
	from_system++;
	return calloc(count, size);
}

void *
__real_realloc(void *p, size_t n)
{
	return realloc(p, n);
}

void
__real_free(void *p)
{
	free(p);
}

static uint32_t
number(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

struct slot {
	unsigned char	*p;
	size_t		 n;
	unsigned char	 with;
};

static void
fill(struct slot *s)
{
	s->with = (unsigned char)number(256);
	memset(s->p, s->with, s->n);
}

static void
check(const struct slot *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert(s->p[i] == s->with);
}

static size_t
size(void)
{
	static const uint32_t most[] = { 16, 100, 1000, 30000 };

	return 1 + number(most[number(4)]);
}

static void
take(struct slot *s)
{
	s->n = size();
	s->with = 0;
	if (number(2) == 0) {
		s->p = __wrap_calloc(1, s->n);
		check(s, s->n);
	} else
		s->p = __wrap_malloc(s->n);
	assert(s->p != NULL && (uintptr_t)s->p % 16 == 0);
	from_room += is_ours(s->p);
	fill(s);
}

static void
resize(struct slot *s)
{
	size_t n = size();

	s->p = __wrap_realloc(s->p, n);
	assert(s->p != NULL);
	check(s, n < s->n ? n : s->n);
	s->n = n;
	fill(s);
}

/* Freeing it twice, or what is no block, ends the process at once. */
static void
wrong(void *p)
{
	pid_t child = fork();
	int status;

	assert(child >= 0);
	if (child == 0) {
		if (p == room + ALIGN && blocks == 2)
			__wrap_free(p);
		(void)signal(SIGILL, SIG_DFL);
		(void)signal(SIGTRAP, SIG_DFL);
		__wrap_free(p);
		_exit(0);
	}
	assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
}

int
main(void)
{
	static struct slot slot[SLOTS];

	for (int i = 0; i < ROUNDS; i++) {
		struct slot *s = &slot[number(SLOTS)];

		if (s->p == NULL)
			take(s);
		else if (number(3) == 0)
			resize(s);
		else {
			check(s, s->n);
			__wrap_free(s->p);
			s->p = NULL;
		}
	}
	for (size_t i = 0; i < SLOTS; i++)
		__wrap_free(slot[i].p);
	__wrap_free(NULL);
	assert(top == 0 && blocks == 0 && from_room > 0 && from_system > 0);
	/* What was used is given out again, from the start. */
	assert(__wrap_malloc(1) == room);
	wrong(room + 16);
	wrong(room + 1);
	wrong(__wrap_malloc(0));
	(void)puts("ok");
	return 0;
}

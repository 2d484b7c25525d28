/* SPDX-License-Identifier: ISC */
/*
 * The growing buffer.  Every one is made with its maximum, so hostile input
 * can cost no more memory than its creator allowed; what is outgrown or freed
 * is wiped, so secrets may pass through any of them.
 */
#include <sys/mman.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "base/buf.h"
#include "base/pages.h"

/*
 * From PAGES_SIZE on, large ones have pages that grow without being copied, or
 * that are put away.
 */
enum { FIRST_SIZE = 256, PAGES_SIZE = 128 * 1024 };

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_init_large(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max, .large = true };
}

void
buf_init_paged(struct buf *b, size_t max, struct scratch *scratch)
{
	*b = (struct buf){ .max = max, .large = true, .scratch = scratch };
}

static bool
has_pages(const struct buf *b)
{
	return b->large && b->size >= PAGES_SIZE;
}

static char *
map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Moves the bytes to where there is room for size octets; or NULL. */
static char *
enlarge(const struct buf *b, size_t size)
{
	void *p;

	if (has_pages(b)) {
		p = mremap(b->p, b->size, size, MREMAP_MAYMOVE);
		return p == MAP_FAILED ? NULL : p;
	}
	p = b->large && size >= PAGES_SIZE ? map(size) : malloc(size);
	if (p == NULL)
		return NULL;
	if (b->n > 0)
		memcpy(p, b->p, b->n);
	freezero(b->p, b->size);
	return p;
}

void
buf_free(struct buf *b)
{
	const size_t size = b->filed > 0 ? b->max + 1 : b->size;

	/* Pages are wiped by the kernel before anybody gets them. */
	if (has_pages(b)) {
		if (b->filed > 0)
			pages_forget(b->p, size);
		(void)munmap(b->p, size);
	} else
		freezero(b->p, b->size);
	*b = (struct buf){ .max = b->max, .large = b->large,
	    .scratch = b->scratch };
}

/* Puts all up to there away; what cannot be, now or later, stays. */
static void
put_away(struct buf *b, size_t end)
{
	/* From now on it must not move: it gets all it may ever need. */
	if (b->filed == 0) {
		char *p = b->size > b->max ? b->p : enlarge(b, b->max + 1);

		if (p == NULL) {
			b->scratch = NULL;
			return;
		}
		b->p = p;
		b->size = b->max + 1;
	}
	if (scratch_keep(b->scratch, b->p + b->filed, end - b->filed) == 0) {
		b->filed = end;
		return;
	}
	b->scratch = NULL;
	b->size = b->max + 1;
}

/*
 * Makes room by putting pages away.  From then on, size is where to look
 * whether there are more of them; all up to max is there.
 */
static bool
page(struct buf *b, size_t n)
{
	const size_t unit = pages_unit();
	size_t end = b->n < BUF_LOOSE ? 0 :
	    (b->n - BUF_LOOSE) / unit * unit;

	if (end > b->filed)
		put_away(b, end);
	if (b->filed == 0)
		return n < b->size - b->n;
	if (b->scratch == NULL)
		return true;
	b->size = b->filed + BUF_LOOSE + unit;
	if (b->size <= b->n + n)
		b->size = b->n + n + 1;
	if (b->size > b->max + 1)
		b->size = b->max + 1;
	return true;
}

void
buf_settle(struct buf *b)
{
	if (b->filed > 0 && b->n > b->filed && b->scratch != NULL)
		put_away(b, b->n);
}

void
buf_clear(struct buf *b)
{
	/* What was put away cannot be written. */
	if (b->filed > 0)
		buf_free(b);
	b->n = 0;
	b->failed = false;
}

char *
buf_room(struct buf *b, size_t n)
{
	size_t size = b->size;
	char *p;

	if (b->failed || n > b->max - b->n) {
		b->failed = true;
		return NULL;
	}
	/* One octet more than asked for, so that buf_cstr() never fails. */
	if (n < b->size - b->n)
		return b->p + b->n;
	if (b->scratch != NULL && size >= PAGES_SIZE && page(b, n))
		return b->p + b->n;
	if (size == 0)
		size = FIRST_SIZE;
	while (size - b->n <= n)
		size *= 2;
	if (size > b->max + 1)
		size = b->max + 1;
	p = enlarge(b, size);
	if (p == NULL) {
		b->failed = true;
		return NULL;
	}
	b->p = p;
	b->size = size;
	return b->p + b->n;
}

/* So much of it that not all of it need be in memory. */
static int
add_parts(struct buf *b, struct str s)
{
	struct str part;

	while (pages_cut(&s, &part))
		if (buf_add(b, part.p, part.n) != 0)
			return -1;
	return 0;
}

int
buf_add(struct buf *b, const void *p, size_t n)
{
	char *room;

	if (b->scratch != NULL && n > PAGES_PART)
		return add_parts(b, (struct str){ p, n });
	room = buf_room(b, n);
	if (room == NULL)
		return -1;
	if (n > 0)
		memcpy(room, p, n);
	b->n += n;
	return 0;
}

int
buf_str(struct buf *b, struct str s)
{
	return buf_add(b, s.p, s.n);
}

int
buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int
buf_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

int
buf_fmt(struct buf *b, const char *fmt, ...)
{
	size_t left;
	va_list ap;
	char *room;
	int n;

	/* Most of the time there is room already. */
	left = b->failed ? 0 : b->size - b->n;
	va_start(ap, fmt);
	n = vsnprintf(left > 0 ? b->p + b->n : NULL, left, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->failed = true;
	else if ((size_t)n < left) {
		b->n += (size_t)n;
		return 0;
	}
	/* vsnprintf() writes a NUL too: buf_room() has that octet spare. */
	if (n < 0 || (room = buf_room(b, (size_t)n)) == NULL)
		return -1;
	va_start(ap, fmt);
	(void)vsnprintf(room, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
	return 0;
}

const char *
buf_cstr(struct buf *b)
{
	char *room = buf_room(b, 0);

	if (room == NULL)
		return NULL;
	*room = '\0';
	return b->p;
}

struct str
buf_view(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

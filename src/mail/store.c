/* SPDX-License-Identifier: ISC */
/*
 * Where message bytes lie between standard input and the relay.  Small
 * messages never touch a disk; of large ones no more than STORE_MEMORY octets
 * are in memory, the rest is in a file without a name, so that nothing is
 * left behind whatever happens to the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "mail/store.h"

enum { AHEAD = 4 * 1024 * 1024 };

void
store_init(struct store *s)
{
	*s = (struct store){ .fd = -1 };
	buf_init_large(&s->tail, STORE_MEMORY + STORE_ROOM);
}

void
store_free(struct store *s)
{
	buf_free(&s->tail);
	if (s->fd >= 0)
		(void)close(s->fd);
	store_init(s);
}

void
store_from_file(struct store *s, int fd, uint64_t start, uint64_t size)
{
	s->fd = fd;
	s->start = start;
	s->in_file = size;
}

uint64_t
store_size(const struct store *s)
{
	return s->in_file + s->tail.n;
}

/* Appends to the file. */
static int
write_file(struct store *s, struct str bytes, struct fault *f)
{
	if (s->fd < 0 && (s->fd = scratch_open()) < 0)
		return fault_errno(f, EX_IOERR, errno, "temporary file: "
		    "cannot be made in TMPDIR, /var/tmp, /tmp");
	if (io_write(s->fd, bytes) != 0)
		return fault_errno(f, EX_IOERR, errno,
		    "temporary file: cannot be written");
	return 0;
}

/*
 * Moves a full tail into the file, by pages that are whole there, which is
 * what the kernel does fastest.
 */
static int
spill(struct store *s, struct fault *f)
{
	struct buf *tail = &s->tail;

	if (tail->n < STORE_MEMORY)
		return 0;
	/* To blocks that are there it is written at half the cost. */
	if (s->in_file > 0 && s->in_file % AHEAD == 0)
		(void)fallocate(s->fd, FALLOC_FL_KEEP_SIZE,
		    (off_t)(s->start + s->in_file), AHEAD);
	if (write_file(s, (struct str){ tail->p, STORE_MEMORY }, f) != 0)
		return -1;
	s->in_file += STORE_MEMORY;
	tail->n -= STORE_MEMORY;
	memmove(tail->p, tail->p + STORE_MEMORY, tail->n);
	return 0;
}

char *
store_room(struct store *s, size_t n, size_t *size, struct fault *f)
{
	char *room;

	if (spill(s, f) != 0)
		return NULL;
	room = buf_room(&s->tail, n);
	if (room == NULL)
		(void)fault(f, EX_OSERR, "message: out of memory");
	*size = s->tail.size - s->tail.n - 1;
	return room;
}

void
store_took(struct store *s, size_t n)
{
	s->tail.n += n;
}

int
store_add(struct store *s, struct str bytes, struct fault *f)
{
	while (bytes.n > 0) {
		size_t n = bytes.n < STORE_ROOM ? bytes.n : STORE_ROOM, size;
		char *room = store_room(s, n, &size, f);

		if (room == NULL)
			return -1;
		memcpy(room, bytes.p, n);
		store_took(s, n);
		bytes.p += n;
		bytes.n -= n;
	}
	return 0;
}

void
store_extent(const struct store *s, uint64_t at, struct extent *e)
{
	*e = (struct extent){ s->fd, s->start + at,
	    at < s->in_file ? s->in_file - at : 0 };
}

int
store_read(const struct store *s, uint64_t at, struct buf *room,
    struct str *out, struct fault *f)
{
	uint64_t left = s->in_file - at;
	size_t want = room->max;
	ssize_t n;
	char *p;

	if (at >= s->in_file) {
		size_t skip = (size_t)(at - s->in_file);

		*out = (struct str){ s->tail.p, 0 };
		if (skip < s->tail.n)
			*out = (struct str){ s->tail.p + skip,
			    s->tail.n - skip };
		return 0;
	}
	buf_clear(room);
	if (want > left)
		want = (size_t)left;
	p = buf_room(room, want);
	if (p == NULL)
		return fault(f, EX_OSERR, "message: out of memory");
	do
		n = pread(s->fd, p, want, (off_t)(s->start + at));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault_errno(f, EX_IOERR, errno,
		    "temporary file: cannot be read");
	if (n == 0)
		return fault(f, EX_IOERR, "temporary file: was cut short");
	*out = (struct str){ p, (size_t)n };
	return 0;
}

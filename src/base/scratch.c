/* SPDX-License-Identifier: ISC */
/*
 * Files without a name, and where they can be made.  What is in them is not
 * written a second time; it is forgotten as a whole, or from its end.
 */
#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/pages.h"
#include "base/scratch.h"

enum { PLACES = 4 };

/* A file in dir that has no name, or -1. */
static int
unnamed_file(const char *dir)
{
	char path[4096];
	int fd, n;

	fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	/* Not every file system has O_TMPFILE. */
	n = snprintf(path, sizeof(path), "%s/sendlet.XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path);
	return fd;
}

/* Where to look for room, ends with NULL. */
static void
list_places(const char *list[PLACES + 1])
{
	static const char *const usual[] = { "/var/tmp", "/tmp", "/dev/shm" };
	const char *own = secure_getenv("TMPDIR");
	size_t n = 0;

	if (own != NULL && own[0] == '/')
		list[n++] = own;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		list[n++] = usual[i];
	list[n] = NULL;
}

const char *
scratch_directory(void)
{
	const char *list[PLACES + 1];
	size_t i = 0;

	list_places(list);
	while (list[i] != NULL && eaccess(list[i], W_OK | X_OK) != 0)
		i++;
	return list[i];
}

int
scratch_open(void)
{
	const char *list[PLACES + 1];
	int error = ENOENT, fd;

	list_places(list);
	for (size_t i = 0; list[i] != NULL; i++) {
		fd = unnamed_file(list[i]);
		if (fd >= 0)
			return fd;
		error = errno;
	}
	/* A root that is read-only as a whole: then there is only memory. */
	fd = memfd_create("sendlet", MFD_CLOEXEC);
	if (fd < 0)
		errno = error;
	return fd;
}

void
scratch_init(struct scratch *s)
{
	*s = (struct scratch){ .fd = -1 };
}

void
scratch_free(struct scratch *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	scratch_init(s);
}

/* Writes all of it to its place in the file. */
static int
put(const struct scratch *s, const char *p, size_t n)
{
	uint64_t at = s->end;

	while (n > 0) {
		ssize_t done = pwrite(s->fd, p, n, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
		at += (uint64_t)done;
	}
	return 0;
}

int
scratch_keep(struct scratch *s, char *p, size_t n)
{
	if (s->fd < 0)
		s->fd = scratch_open();
	if (s->fd < 0 || put(s, p, n) != 0 ||
	    pages_file(p, n, s->fd, (off_t)s->end) != 0)
		return -1;
	scratch_rewind(s, s->end + n);
	return 0;
}

void
scratch_rewind(struct scratch *s, uint64_t end)
{
	const uint64_t unit = pages_unit();

	s->end = (end + unit - 1) / unit * unit;
}

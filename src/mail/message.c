/* SPDX-License-Identifier: ISC */
/* A message and how it is read from a descriptor; intake.c does the work. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/io.h"
#include "mail/intake.h"

/* A small message needs no large buffer; a large one needs few reads. */
enum { READ_FIRST = 2 * 1024, READ_SIZE = 64 * 1024 };

void
message_init(struct message *m)
{
	*m = (struct message){ 0 };
	buf_init_large(&m->header, MESSAGE_HEADER_MAX);
	store_init(&m->body);
}

void
message_free(struct message *m)
{
	buf_free(&m->header);
	store_free(&m->body);
}

static int
read_all(struct intake *in, int fd, struct buf *room)
{
	char first[READ_FIRST], *p = first;
	size_t size = sizeof(first);

	while (!in->ended) {
		ssize_t n;

		if (p == NULL)
			return fault(in->fault, EX_OSERR,
			    "message: out of memory");
		n = read(fd, p, size);
		if (n < 0 && io_again(fd, POLLIN))
			continue;
		if (n < 0)
			return fault_errno(in->fault, errno == EBADF ||
			    errno == EISDIR ? EX_NOINPUT : EX_IOERR, errno,
			    "standard input");
		if (n == 0)
			break;
		if (intake_take(in, (struct str){ p, (size_t)n }) != 0)
			return -1;
		if ((size_t)n == size && p == first) {
			size = READ_SIZE;
			p = buf_room(room, size);
		}
	}
	return intake_end(in);
}

int
message_read(struct message *m, int fd, const struct message_limits *limits,
    struct fault *f)
{
	struct intake in;
	struct buf room;
	int status;

	intake_start(&in, m, limits, f);
	in.terminal = !limits->dots && isatty(fd);
	buf_init_large(&room, READ_SIZE);
	status = read_all(&in, fd, &room);
	buf_free(&room);
	return status;
}

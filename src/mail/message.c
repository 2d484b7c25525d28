/* SPDX-License-Identifier: ISC */
/* A message and how it is read from a descriptor; intake.c does the work. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/io.h"
#include "mail/intake.h"

/* A small message needs no large buffer; a large one needs few reads. */
enum { OPENING_SIZE = 2 * 1024, READ_SIZE = 64 * 1024,
	PIPE_SIZE = 256 * 1024 };

void
message_init(struct message *m)
{
	*m = (struct message){ 0 };
	scratch_init(&m->scratch);
	buf_init_paged(&m->header, MESSAGE_HEADER_MAX, &m->scratch);
	store_init(&m->body);
}

void
message_free(struct message *m)
{
	buf_free(&m->header);
	scratch_free(&m->scratch);
	store_free(&m->body);
}

void
opening_free(struct opening *o)
{
	buf_free(&o->bytes);
}

/* Returns how many octets have come, 0 at the end, or -1. */
static ssize_t
read_some(int fd, char *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && io_again(fd, POLLIN));
	return got;
}

void
opening_read(struct opening *o, int fd, bool dots)
{
	ssize_t n = 1;
	char *room;

	*o = (struct opening){ .typed = !dots && isatty(fd) };
	buf_init(&o->bytes, OPENING_SIZE);
	/* Of what is typed each line is looked at before the next is read. */
	room = o->typed ? NULL : buf_room(&o->bytes, OPENING_SIZE);
	while (room != NULL && n > 0 && o->bytes.n < OPENING_SIZE) {
		n = read_some(fd, room + o->bytes.n,
		    OPENING_SIZE - o->bytes.n);
		o->bytes.n += n > 0 ? (size_t)n : 0;
	}
	o->whole = n == 0;
	/* A socket tells it once, and then that this was the end. */
	o->error = n < 0 ? errno : 0;
}

static int
unreadable(int error, struct fault *f)
{
	return fault_errno(f, error == EBADF || error == EISDIR ? EX_NOINPUT :
	    EX_IOERR, error, "standard input");
}

static int
read_rest(struct intake *in, int fd, struct buf *room)
{
	bool wide = false;
	ssize_t n = 1;

	while (n > 0 && !in->ended) {
		char *p = buf_room(room, READ_SIZE);

		if (p == NULL)
			return fault(in->fault, EX_OSERR,
			    "message: out of memory");
		n = read_some(fd, p, READ_SIZE);
		if (n < 0)
			return unreadable(errno, in->fault);
		if (intake_take(in, (struct str){ p, (size_t)n }) != 0)
			return -1;
		/* Who writes much into a pipe need not wait for us. */
		if (!wide && in->octets > READ_SIZE) {
			(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
			wide = true;
		}
	}
	return 0;
}

int
message_read(struct message *m, int fd, struct opening *o,
    const struct message_limits *limits, struct fault *f)
{
	struct intake in;
	struct buf room;
	int status;

	intake_start(&in, m, limits, f);
	in.terminal = o->typed;
	status = intake_take(&in, buf_view(&o->bytes));
	opening_free(o);
	buf_init_large(&room, READ_SIZE);
	if (status == 0 && o->error != 0)
		status = unreadable(o->error, f);
	if (status == 0 && !o->whole)
		status = read_rest(&in, fd, &room);
	buf_free(&room);
	return status == 0 ? intake_end(&in) : status;
}

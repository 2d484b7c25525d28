/* SPDX-License-Identifier: ISC */
/*
 * A connection as the SMTP session sees it: lines in, bytes out, and nothing
 * ever waits past the deadline.  Knows sockets and when to wait for them; TLS
 * is net/tls.c's.  One poll and one recv for a reply, one send for all that
 * was put since the last flush.
 *
 * A peer that does not read until it has been read from (it pipelines replies,
 * its buffers are small) must not block us: while a write waits, what the peer
 * says is taken in, up to IN_MAX octets.
 */
#include <sys/socket.h>

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "base/signals.h"
#include "net/plain.h"
#include "net/stream.h"

enum {
	OUT_SIZE = 16 * 1024,	/* one full TLS record, RFC 8446 section 5.1 */
	READ_SIZE = 4 * 1024,
	READ_FIRST = 1000,	/* most of what relays say is short */
	IN_MAX = 256 * 1024
};

struct stream {
	struct plain	 plain;
	int64_t		 deadline;
	struct tls	*tls;
	struct fault	 lost;		/* why no more can be written */
	bool		 eof;		/* the peer will say no more */
	bool		 left;		/* not to be closed */
	bool		 speaks;	/* there is something to be read */
	struct buf	 in;
	size_t		 at;		/* where in .in the next line starts */
	size_t		 seen;		/* so far it holds no LF behind .at */
	size_t		 out_n, out_most;	/* now and at most so far */
	char		 out[OUT_SIZE];
};

struct stream *
stream_new(int fd)
{
	struct stream *s = malloc(sizeof(*s));

	if (s == NULL) {
		close(fd);
		return NULL;
	}
	/* Not the buffer, which is written before it is read. */
	memset(s, 0, offsetof(struct stream, out));
	s->plain.fd = fd;
	s->deadline = CLOCK_NEVER;
	buf_init(&s->in, IN_MAX);
	return s;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	tls_free(s->tls);
	if (!s->left)
		(void)close(s->plain.fd);
	buf_free(&s->in);
	explicit_bzero(s->out, s->out_most);
	free(s);
}

void
stream_deadline(struct stream *s, int64_t deadline)
{
	s->deadline = deadline;
}

int
stream_fd(const struct stream *s)
{
	return s->plain.fd;
}

void
stream_heard(struct stream *s)
{
	s->speaks = true;
}

bool
stream_pending(const struct stream *s)
{
	return s->in.n > s->at || (s->tls != NULL && tls_pending(s->tls));
}

bool
stream_quiet(const struct stream *s)
{
	char c;

	return !s->eof && !stream_pending(s) &&
	    recv(s->plain.fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	    errno == EAGAIN;
}

struct tls *
stream_tls(struct stream *s)
{
	return s->tls;
}

/* Waits for the events; returns what happened, or -1. */
static int
await(const struct stream *s, short events, struct fault *f)
{
	struct pollfd p = { .fd = s->plain.fd, .events = events };
	int n = signals_poll(&p, 1, s->deadline);

	if (n < 0 && errno == EINTR)
		return fault(f, EX_UNAVAILABLE, "interrupted");
	if (n < 0)
		return fault_errno(f, EX_OSERR, errno, "poll");
	if (n == 0)
		return fault(f, EX_UNAVAILABLE, "timed out");
	return p.revents;
}

bool
stream_speaks(struct stream *s)
{
	struct fault ignored;

	return stream_flush(s, &ignored) < 0 || stream_pending(s) ||
	    (s->tls != NULL && tls_buffered(s->tls)) ||
	    await(s, POLLIN, &ignored) >= 0;
}

static bool
has_room(const struct stream *s)
{
	return !s->eof && s->in.n - s->at + READ_SIZE <= IN_MAX;
}

/*
 * Takes in what is there, without waiting.  Returns 1 when there was
 * something, be it the end, 0 when not, -1 on error.
 */
static int
take(struct stream *s, struct fault *f)
{
	size_t size, left;
	char *room;
	int n;

	assert(has_room(s));
	if (s->at > 0) {
		s->in.n -= s->at;
		memmove(s->in.p, s->in.p + s->at, s->in.n);
		s->seen -= s->at;
		s->at = 0;
	}
	left = s->in.size - s->in.n;
	size = s->in.size == 0 ? READ_FIRST :
	    left > READ_FIRST / 2 ? left - 1 : READ_SIZE;
	room = buf_room(&s->in, size);
	if (room == NULL)
		return fault(f, EX_OSERR, "out of memory");
	n = s->tls != NULL ? tls_read(s->tls, room, size, f) :
	    plain_read(&s->plain, room, size, f);
	if (n == TLS_WANT_READ || n == TLS_WANT_WRITE)
		return 0;
	if (n < 0)
		return -1;
	s->in.n += (size_t)n;
	s->eof = n == 0;
	/* There is more: fewer, larger pieces from now on. */
	if ((size_t)n == size && size < READ_SIZE)
		(void)buf_room(&s->in, READ_SIZE);
	return 1;
}

/* Nothing more can be written: keeps the reason, and what the peer said. */
static int
lose(struct stream *s, struct fault *f)
{
	struct fault ignored;

	while (has_room(s) && take(s, &ignored) > 0)
		;
	s->lost = *f;
	return -1;
}

/* Waits until a write may go on; meanwhile the peer is listened to. */
static int
await_write(struct stream *s, short events, struct fault *f)
{
	int happened;

	if (has_room(s))
		events |= POLLIN;
	happened = await(s, events, f);
	if (happened < 0)
		return -1;
	if ((happened & POLLIN) != 0 && has_room(s) && take(s, f) < 0)
		return -1;
	return 0;
}

/* Writes the buffer and the view in one go, without copying the view. */
static int
write_plain(struct stream *s, struct str data, struct fault *f)
{
	struct iovec v[2] = {
		{ s->out, s->out_n },
		{ (void *)(uintptr_t)data.p, data.n }
	};
	int n;

	while ((n = plain_write(&s->plain, v, f)) == TLS_WANT_WRITE)
		if (await_write(s, POLLOUT, f) < 0)
			return -1;
	return n;
}

static int
write_tls(struct stream *s, struct str data, struct fault *f)
{
	while (data.n > 0) {
		int n = tls_write(s->tls, data, f);

		if (n == TLS_ERROR)
			return -1;
		if (n > 0) {
			data.p += n;
			data.n -= (size_t)n;
		} else if (await_write(s,
		    n == TLS_WANT_READ ? POLLIN : POLLOUT, f) < 0) {
			return -1;
		}
	}
	return 0;
}

/* Has all that was written under TLS leave. */
static int
flush_tls(struct stream *s, struct fault *f)
{
	int n;

	while ((n = tls_flush(s->tls, f)) == TLS_WANT_WRITE)
		if (await_write(s, POLLOUT, f) < 0)
			return -1;
	return n;
}

/* Under TLS only full records are written, and the rest is buffered. */
static int
write_records(struct stream *s, struct str *data, struct fault *f)
{
	size_t n = OUT_SIZE - s->out_n;

	if (s->out_n > 0) {
		memcpy(s->out + s->out_n, data->p, n);
		s->out_most = OUT_SIZE;
		if (write_tls(s, (struct str){ s->out, OUT_SIZE }, f) < 0)
			return -1;
		s->out_n = 0;
		data->p += n;
		data->n -= n;
	}
	n = data->n - data->n % OUT_SIZE;
	data->p += n;
	data->n -= n;
	return write_tls(s, (struct str){ data->p - n, n }, f);
}

int
stream_put(struct stream *s, struct str data, struct fault *f)
{
	if (s->lost.code != 0) {
		*f = s->lost;
		return -1;
	}
	if (data.n > OUT_SIZE - s->out_n) {
		if ((s->tls != NULL ? write_records(s, &data, f) :
		    write_plain(s, data, f)) < 0)
			return lose(s, f);
		if (s->tls == NULL)
			s->out_n = data.n = 0;
	}
	if (data.n > 0)
		memcpy(s->out + s->out_n, data.p, data.n);
	s->out_n += data.n;
	if (s->out_most < s->out_n)
		s->out_most = s->out_n;
	return 0;
}

int
stream_flush(struct stream *s, struct fault *f)
{
	int done;

	if (s->lost.code != 0) {
		*f = s->lost;
		return -1;
	}
	done = s->tls == NULL ? write_plain(s, STR(""), f) :
	    write_tls(s, (struct str){ s->out, s->out_n }, f);
	if (done == 0 && s->tls != NULL)
		done = flush_tls(s, f);
	if (done < 0)
		return lose(s, f);
	s->out_n = 0;
	return 0;
}

int
stream_put_file(struct stream *s, struct extent *e, struct fault *f)
{
	int n;

	if (s->tls != NULL)
		return 0;
	if (stream_flush(s, f) < 0)
		return -1;
	while ((n = plain_send_file(&s->plain, e, f)) == TLS_WANT_WRITE)
		if (await_write(s, POLLOUT, f) < 0)
			return lose(s, f);
	return n < 0 ? lose(s, f) : 0;
}

/* Waits until there is more to read, or the end. */
static int
fill(struct stream *s, struct fault *f)
{
	int n;

	if (s->eof)
		return fault(f, EX_UNAVAILABLE,
		    "connection closed by the relay");
	if (s->tls != NULL && flush_tls(s, f) < 0)
		return -1;
	/* It may have come while that waited, and may be all there will be. */
	if (s->eof || s->in.n > s->seen)
		return 0;
	do {
		if (!s->speaks && (s->tls == NULL || !tls_buffered(s->tls)) &&
		    await(s, POLLIN, f) < 0)
			return -1;
		s->speaks = false;
	} while ((n = take(s, f)) == 0);
	return n < 0 ? -1 : 0;
}

int
stream_line(struct stream *s, size_t max, struct str *line, struct fault *f)
{
	const char *lf = NULL;

	assert(max + 2 + READ_SIZE <= IN_MAX);
	for (;;) {
		if (s->in.n > s->seen)
			lf = memchr(s->in.p + s->seen, '\n',
			    s->in.n - s->seen);
		if (lf != NULL)
			break;
		s->seen = s->in.n;
		if (s->in.n - s->at > max + 1)
			return fault(f, EX_PROTOCOL,
			    "line of more than %zu octets", max);
		if (fill(s, f) < 0)
			return -1;
	}
	*line = (struct str){ s->in.p + s->at, 0 };
	line->n = (size_t)(lf - line->p);
	s->at = s->seen = s->at + line->n + 1;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	if (line->n > max)
		return fault(f, EX_PROTOCOL, "line of more than %zu octets",
		    max);
	return 0;
}

int
stream_start_tls(struct stream *s, const struct tls_settings *settings,
    struct fault *f)
{
	struct tls *tls;
	int n;

	if (stream_pending(s))
		return fault(f, EX_PROTOCOL, "octets in clear text after the "
		    "reply to STARTTLS (RFC 3207 section 6)");
	if (stream_flush(s, f) < 0)
		return -1;
	plain_hurry(&s->plain);
	tls = tls_new(s->plain.fd, settings, f);
	if (tls == NULL)
		return -1;
	while ((n = tls_handshake(tls, f)) != 0)
		if (n == TLS_ERROR || await(s,
		    n == TLS_WANT_READ ? POLLIN : POLLOUT, f) < 0)
			break;
	if (n != 0) {
		tls_free(tls);
		s->eof = true;
		s->lost = *f;
		return -1;
	}
	s->tls = tls;
	return 0;
}

void
stream_leave(struct stream *s)
{
	s->left = true;
}

void
stream_close(struct stream *s)
{
	if (s != NULL && s->tls != NULL && s->lost.code == 0)
		tls_close(s->tls);
	stream_free(s);
}

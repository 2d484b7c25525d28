/* SPDX-License-Identifier: ISC */
/*
 * stream NAME: runs one case against a peer on the other end of a socketpair.
 * Silent when all is well, else says what was expected and fails.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/stream.h"

#define CHECK(what) \
	((what) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #what))

enum { LINE_MAX_ = 512 };

static int peer;
static struct stream *s;
static struct fault f;

static void
say(const void *p, size_t n)
{
	CHECK(write(peer, p, n) == (ssize_t)n);
}

#define SAY(lit)	say(lit, sizeof(lit) - 1)

static void
expect(struct str wanted)
{
	struct str line;

	if (stream_line(s, LINE_MAX_, &line, &f) != 0)
		errx(1, "\"%.*s\" expected: %s", STR_ARG(wanted), f.text);
	if (!str_eq(line, wanted))
		errx(1, "\"%.*s\" is not \"%.*s\"", STR_ARG(line),
		    STR_ARG(wanted));
}

static void
refuse(int code, const char *text)
{
	struct str line;

	f.code = 0;
	CHECK(stream_line(s, LINE_MAX_, &line, &f) == -1);
	if (f.code != code || strcmp(f.text, text) != 0)
		errx(1, "%d \"%s\" instead of %d \"%s\"", f.code, f.text, code,
		    text);
}

/* Runs the peer's part in a process of its own. */
static pid_t
elsewhere(void (*part)(void))
{
	pid_t pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		/* Only the peer's end stays open, for its end to be one. */
		stream_free(s);
		alarm(30);
		part();
		exit(0);
	}
	close(peer);
	return pid;
}

static void
succeeded(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Octet number i of a pattern that does not repeat where buffers do. */
static char
pattern(size_t i)
{
	return (char)(i * 2654435761u >> 13);
}

/* Reads n octets of the pattern, from number "from" on. */
static void
read_pattern(size_t from, size_t n)
{
	static char b[65536];

	while (n > 0) {
		ssize_t got = read(peer, b, n < sizeof(b) ? n : sizeof(b));

		CHECK(got > 0);
		for (ssize_t i = 0; i < got; i++)
			CHECK(b[i] == pattern(from + (size_t)i));
		from += (size_t)got;
		n -= (size_t)got;
	}
}

static char *
make_pattern(size_t n)
{
	char *p = malloc(n);

	CHECK(p != NULL);
	for (size_t i = 0; i < n; i++)
		p[i] = pattern(i);
	return p;
}

static void
lines(void)
{
	SAY("220 one\r\n250 two\n\r\n\n\r\r\nwith\0nul\r\n\xff\r\nre");
	expect(STR("220 one"));
	CHECK(stream_pending(s));
	expect(STR("250 two"));
	expect(STR(""));
	expect(STR(""));
	expect(STR("\r"));
	expect(STR("with\0nul"));
	expect(STR("\xff"));
	SAY("st\r");
	SAY("\n");
	expect(STR("rest"));
	CHECK(!stream_pending(s));
}

static void
long_lines(void)
{
	char line[LINE_MAX_ + 3];

	memset(line, 'x', sizeof(line));
	line[LINE_MAX_] = '\r';
	line[LINE_MAX_ + 1] = '\n';
	say(line, LINE_MAX_ + 2);
	expect((struct str){ line, LINE_MAX_ });
	line[LINE_MAX_] = '\n';
	say(line, LINE_MAX_ + 1);
	expect((struct str){ line, LINE_MAX_ });
	memcpy(line + LINE_MAX_, "x\r\n", 3);
	say(line, LINE_MAX_ + 3);
	refuse(EX_PROTOCOL, "line of more than 512 octets");
}

static void
endless_line(void)
{
	char line[LINE_MAX_ + 2];

	memset(line, 'x', sizeof(line));
	say(line, sizeof(line));
	stream_deadline(s, clock_ms() + 10000);
	refuse(EX_PROTOCOL, "line of more than 512 octets");
}

static void
end_of_file(void)
{
	SAY("221 bye\r\nhal");
	close(peer);
	expect(STR("221 bye"));
	refuse(EX_UNAVAILABLE, "connection closed by the relay");
	refuse(EX_UNAVAILABLE, "connection closed by the relay");
}

/* Runs what must end at a deadline 200 ms from now. */
static void
on_time(void (*part)(void))
{
	int64_t start = clock_ms(), took;

	stream_deadline(s, start + 200);
	part();
	took = clock_ms() - start;
	if (took < 199 || took > 1000)
		errx(1, "%lld ms instead of 200", (long long)took);
}

static void
silence(void)
{
	refuse(EX_UNAVAILABLE, "timed out");
}

static void
silent(void)
{
	on_time(silence);
	SAY("late\r\n");
	stream_deadline(s, CLOCK_NEVER);
	expect(STR("late"));
	/* What is there already is given out at any time. */
	SAY("a\r\nb\r\n");
	expect(STR("a"));
	stream_deadline(s, clock_ms() - 1);
	expect(STR("b"));
	refuse(EX_UNAVAILABLE, "timed out");
}

static void
trickle(void)
{
	while (send(peer, "x", 1, MSG_NOSIGNAL) == 1)
		(void)poll(NULL, 0, 10);
}

static void
trickling(void)
{
	pid_t pid = elsewhere(trickle);

	on_time(silence);
	stream_free(s);
	s = NULL;
	succeeded(pid);
}

static void
choke(void)
{
	const size_t n = 8 << 20;
	char *p = make_pattern(n);

	f.code = 0;
	CHECK(stream_put(s, (struct str){ p, n }, &f) == -1);
	CHECK(f.code == EX_UNAVAILABLE && strcmp(f.text, "timed out") == 0);
	free(p);
}

static void
unread(void)
{
	on_time(choke);
	/* Part of it is gone: nothing that follows would make sense. */
	stream_deadline(s, CLOCK_NEVER);
	f.code = 0;
	CHECK(stream_put(s, STR("QUIT\r\n"), &f) == -1);
	CHECK(stream_flush(s, &f) == -1);
	CHECK(f.code == EX_UNAVAILABLE && strcmp(f.text, "timed out") == 0);
}

enum { TALK = 200 * 1024, MUCH = 4 << 20 };

static void
talk_first(void)
{
	char *p = malloc(TALK);

	CHECK(p != NULL);
	for (size_t i = 0; i < TALK; i++)
		p[i] = i % 64 == 63 ? '\n' : 'a';
	say(p, TALK);
	free(p);
	read_pattern(0, MUCH);
	SAY("end\r\n");
}

static void
duplex(void)
{
	char *p = make_pattern(MUCH), line[63];
	const int small = 16 * 1024;
	pid_t pid;

	/* It must not be able to say all of it to the kernel. */
	CHECK(setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)) == 0);
	pid = elsewhere(talk_first);
	memset(line, 'a', sizeof(line));
	stream_deadline(s, clock_ms() + 20000);
	CHECK(stream_put(s, (struct str){ p, MUCH }, &f) == 0);
	CHECK(stream_flush(s, &f) == 0);
	for (int i = 0; i < TALK / 64; i++)
		expect((struct str){ line, sizeof(line) });
	expect(STR("end"));
	succeeded(pid);
	free(p);
}

static void
talk_only(void)
{
	char b[4096];

	memset(b, '\n', sizeof(b));
	while (send(peer, b, sizeof(b), MSG_NOSIGNAL) > 0)
		;
}

/* A peer that talks without end costs no memory without end. */
static void
flooded(void)
{
	pid_t pid = elsewhere(talk_only);

	on_time(choke);
	stream_free(s);
	s = NULL;
	succeeded(pid);
}

static const size_t pieces[] = {
	0, 1, 100, 16283, 1, 16384, 1, 16383, 1, 1, 16385, 32768, 7, 100000,
	16384, 16384, 0, 5, 300000
};
enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };

static size_t
total(void)
{
	size_t n = 0;

	for (size_t i = 0; i < PIECES; i++)
		n += pieces[i];
	return n;
}

static void
read_pieces(void)
{
	char more;

	read_pattern(0, total());
	CHECK(read(peer, &more, 1) == 0);
}

static void
order(void)
{
	char *p = make_pattern(total()), *at = p;
	pid_t pid = elsewhere(read_pieces);

	stream_deadline(s, clock_ms() + 20000);
	for (size_t i = 0; i < PIECES; i++) {
		CHECK(stream_put(s, (struct str){ at, pieces[i] }, &f) == 0);
		at += pieces[i];
	}
	CHECK(stream_flush(s, &f) == 0);
	stream_close(s);
	s = NULL;
	succeeded(pid);
	free(p);
}

/* Nothing is sent before it must be. */
static void
buffered(void)
{
	char b[16];

	CHECK(stream_put(s, STR("MAIL\r\n"), &f) == 0);
	CHECK(stream_put(s, STR("RCPT\r\n"), &f) == 0);
	CHECK(recv(peer, b, sizeof(b), MSG_DONTWAIT) == -1);
	CHECK(stream_flush(s, &f) == 0);
	CHECK(recv(peer, b, sizeof(b), MSG_DONTWAIT) == 12);
	CHECK(memcmp(b, "MAIL\r\nRCPT\r\n", 12) == 0);
	CHECK(stream_flush(s, &f) == 0);
	CHECK(recv(peer, b, sizeof(b), MSG_DONTWAIT) == -1);
}

/* The reason a relay gives before it hangs up is not lost (nor are we). */
static void
hung_up(void)
{
	SAY("421 4.3.2 closing down\r\n");
	close(peer);
	CHECK(stream_put(s, STR("MAIL\r\n"), &f) == 0);
	CHECK(stream_flush(s, &f) == -1);
	CHECK(f.code == EX_UNAVAILABLE);
	CHECK(strcmp(f.text, "connection closed by the relay") == 0);
	expect(STR("421 4.3.2 closing down"));
	refuse(EX_UNAVAILABLE, "connection closed by the relay");
}

static void
injected(void)
{
	const struct tls_settings settings = { .host = "h" };

	SAY("220 go ahead\r\n250");
	expect(STR("220 go ahead"));
	CHECK(stream_start_tls(s, &settings, &f) == -1);
	CHECK(f.code == EX_PROTOCOL);
	CHECK(stream_tls(s) == NULL);
}

static void
answer(void)
{
	char b[64];

	while (read(peer, b, sizeof(b)) > 0)
		SAY("250-one\r\n250 two\r\n");
}

/* For strace to count: 100 commands, two lines of reply each. */
static void
exchange(void)
{
	pid_t pid = elsewhere(answer);

	stream_deadline(s, clock_ms() + 20000);
	for (int i = 0; i < 100; i++) {
		CHECK(stream_put(s, STR("RCPT "), &f) == 0);
		CHECK(stream_put(s, STR("TO\r\n"), &f) == 0);
		CHECK(stream_flush(s, &f) == 0);
		expect(STR("250-one"));
		expect(STR("250 two"));
	}
	stream_close(s);
	s = NULL;
	succeeded(pid);
}

/* A file that holds the first n octets of the pattern. */
static struct extent
file_of(size_t n)
{
	const struct extent e = { memfd_create("pattern", 0), 0, n };
	char *p = make_pattern(n);

	CHECK(e.fd >= 0 && write(e.fd, p, n) == (ssize_t)n);
	free(p);
	return e;
}

/* Between octets from memory, to a peer that talks before it reads. */
static void
file(void)
{
	struct extent e = file_of(MUCH);
	char *p = make_pattern(MUCH);
	pid_t pid = elsewhere(talk_first);

	stream_deadline(s, clock_ms() + 20000);
	CHECK(stream_put(s, (struct str){ p, 1000 }, &f) == 0);
	e.at = 1000;
	e.n = MUCH - 20000;
	CHECK(stream_put_file(s, &e, &f) == 0);
	CHECK(e.n == 0 && e.at == MUCH - 19000);
	CHECK(stream_put(s, (struct str){ p + e.at, 19000 }, &f) == 0);
	CHECK(stream_flush(s, &f) == 0);
	for (int i = 0; i < TALK / 64; i++)
		CHECK(stream_line(s, LINE_MAX_, &(struct str){ 0 }, &f) == 0);
	expect(STR("end"));
	succeeded(pid);
	free(p);
}

/* What cannot leave like that is told, and nobody has failed. */
static void
file_unable(void)
{
	struct extent e = file_of(5000);
	int ends[2];

	e.at = 3000;
	CHECK(stream_put(s, STR("before"), &f) == 0);
	CHECK(stream_put_file(s, &e, &f) == 0);
	CHECK(e.n == 3000 && e.at == 5000);
	CHECK(read(peer, (char[6]){ 0 }, 6) == 6);
	read_pattern(3000, 2000);
	CHECK(pipe(ends) == 0 && write(ends[1], "text", 4) == 4);
	e = (struct extent){ ends[0], 0, 4 };
	CHECK(stream_put_file(s, &e, &f) == 0);
	CHECK(e.n == 4 && e.at == 0);
	CHECK(stream_put(s, STR("MAIL\r\n"), &f) == 0);
	CHECK(stream_flush(s, &f) == 0);
	CHECK(read(peer, (char[6]){ 0 }, 6) == 6);
}

static void
choke_on_file(void)
{
	struct extent e = file_of(8 << 20);

	f.code = 0;
	CHECK(stream_put_file(s, &e, &f) == -1);
	CHECK(f.code == EX_UNAVAILABLE && strcmp(f.text, "timed out") == 0);
}

static void
file_unread(void)
{
	on_time(choke_on_file);
	stream_deadline(s, CLOCK_NEVER);
	CHECK(stream_put(s, STR("QUIT\r\n"), &f) == -1);
}

static void
file_hung_up(void)
{
	struct extent e = file_of(5000);

	SAY("421 4.3.2 closing down\r\n");
	close(peer);
	CHECK(stream_put_file(s, &e, &f) == -1);
	CHECK(f.code == EX_UNAVAILABLE);
	CHECK(strcmp(f.text, "connection closed by the relay") == 0);
	CHECK(stream_put_file(s, &e, &f) == -1);
	expect(STR("421 4.3.2 closing down"));
}

static const struct {
	const char	*name;
	void		(*run)(void);
} cases[] = {
	{ "lines", lines },
	{ "long-lines", long_lines },
	{ "endless-line", endless_line },
	{ "end-of-file", end_of_file },
	{ "silent", silent },
	{ "trickling", trickling },
	{ "unread", unread },
	{ "duplex", duplex },
	{ "flooded", flooded },
	{ "order", order },
	{ "buffered", buffered },
	{ "hung-up", hung_up },
	{ "injected", injected },
	{ "exchange", exchange },
	{ "file", file },
	{ "file-unable", file_unable },
	{ "file-unread", file_unread },
	{ "file-hung-up", file_hung_up }
};

int
main(int argc, char *argv[])
{
	int fds[2];

	if (argc != 2)
		errx(64, "usage: stream CASE");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		err(1, "socketpair");
	s = stream_new(fds[0]);
	peer = fds[1];
	CHECK(s != NULL && fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(cases[i].name, argv[1]) != 0)
			continue;
		cases[i].run();
		stream_free(s);
		return 0;
	}
	errx(64, "%s: no such case", argv[1]);
}

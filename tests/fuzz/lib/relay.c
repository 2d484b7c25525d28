/* SPDX-License-Identifier: ISC */
/*
 * The scripted relay of relay.h: recv(2), sendmsg(2), poll(2) and net/tls.h
 * as the session sees them.  It checks what it hears: lines that end in CRLF
 * and nothing else, and no password in clear text.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "net/tls.h"
#include "relay.h"

enum { PIECE = 5, ALL = 1024 * 1024 };

static struct script *playing;

static void
need(bool what)
{
	if (!what)
		abort();
}

int
script_start(struct script *s, struct str text)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	need(fd >= 0);
	s->text = text;
	s->due = 1;			/* the greeting */
	buf_init(&s->heard, ALL);
	buf_init(&s->saying, ALL);
	playing = s;
	return fd;
}

void
script_end(struct script *s)
{
	buf_free(&s->heard);
	buf_free(&s->saying);
	playing = NULL;
}

/* -- what it says ------------------------------------------------------------- */

/* The nonce of the last SCRAM message in what was heard. */
static void
add_nonce(struct buf *b)
{
	static const char mark[] = "AUTH SCRAM-SHA-";
	struct str heard = buf_view(&playing->heard), line, word;
	struct buf first;
	const char *at = NULL;

	if (heard.n > 0)
		at = memmem(heard.p, heard.n, mark, sizeof(mark) - 1);
	if (at == NULL)
		return;
	line = (struct str){ at, heard.n - (size_t)(at - heard.p) };
	(void)str_cut(&line, '\r', &word);
	buf_init(&first, 4096);
	if (str_word(&word, &line) && str_word(&word, &line) &&
	    str_word(&word, &line)) {
		need(base64_decode(&first, line) == 0);
		at = memmem(first.p, first.n, ",r=", 3);
		need(at != NULL);
		(void)buf_add(b, at + 3, first.n - (size_t)(at + 3 - first.p));
	}
	buf_free(&first);
}

/* Says a line, with {text} in base64. */
static void
say(struct str line)
{
	struct str before, inner, part;
	struct buf plain;

	while (memchr(line.p, '{', line.n) != NULL &&
	    memchr(line.p, '}', line.n) != NULL) {
		(void)str_cut(&line, '{', &before);
		(void)buf_str(&playing->saying, before);
		if (!str_cut(&line, '}', &inner))
			break;
		buf_init(&plain, ALL);
		while (inner.n > 0 && memchr(inner.p, '%', inner.n) != NULL) {
			(void)str_cut(&inner, '%', &part);
			(void)buf_str(&plain, part);
			add_nonce(&plain);
		}
		(void)buf_str(&plain, inner);
		(void)base64_encode(&playing->saying, buf_view(&plain));
		buf_free(&plain);
		if (line.p == NULL)
			return;
	}
	(void)buf_str(&playing->saying, line);
}

/* Says one reply: lines up to one that is the last. */
static void
reply(struct str *script)
{
	bool last = false;

	if (script->n > 3 && memcmp(script->p, "354", 3) == 0)
		playing->data = true;
	while (!last && script->n > 0) {
		const char *lf = memchr(script->p, '\n', script->n);
		struct str line = { script->p, lf == NULL ? script->n :
		    (size_t)(lf - script->p) + 1 };

		last = line.n < 4 || line.p[3] != '-';
		script->p += line.n;
		script->n -= line.n;
		say(line);
	}
}

static bool
next_is(char mark)
{
	return playing->text.n > 0 && playing->text.p[0] == mark;
}

static void
speak(void)
{
	struct str *script = &playing->text;

	while (script->n > 0 && !next_is('~') && !next_is('^')) {
		if (script->p[0] == '!') {
			script->p++;
			script->n--;
		} else if (playing->due > 0)
			playing->due--;
		else
			break;
		reply(script);
	}
}

/* 0 at the end, -1 when there is nothing now. */
static ssize_t
take(char *p, size_t n, bool keep)
{
	struct buf *b = &playing->saying;

	if (b->n == 0)
		speak();
	if (b->n == 0)
		return playing->text.n == 0 || next_is('^') ? 0 : -1;
	if (n > b->n)
		n = b->n;
	if (playing->small && n > PIECE)
		n = PIECE;
	memcpy(p, b->p, n);
	if (!keep) {
		memmove(b->p, b->p + n, b->n - n);
		b->n -= n;
	}
	return (ssize_t)n;
}

/* -- what it hears ------------------------------------------------------------ */

static bool
holds(struct str s, const char *what)
{
	return memmem(s.p, s.n, what, strlen(what)) != NULL;
}

/* A command, or the end of a message, asks for a reply. */
static void
hear_line(struct str line)
{
	/* "pass" as it is in PLAIN and LOGIN. */
	if (!playing->open && !(playing->tls && playing->verified))
		need(!holds(line, "AGtpdABwYXNz") && !holds(line, "cGFzcw=="));
	if (playing->data) {
		if (line.n != 3 || line.p[0] != '.')
			return;
		playing->data = false;
	} else if (str_istarts(line, STR("BDAT ")))
		playing->chunk = (size_t)strtoul(line.p + 5, NULL, 10);
	playing->due++;
}

static void
check_ends(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		need(s.p[i] != '\0');
		need(s.p[i] != '\n' || (i > 0 && s.p[i - 1] == '\r'));
		need(s.p[i] != '\r' || (i + 1 < s.n && s.p[i + 1] == '\n'));
	}
}

static void
hear(const char *p, size_t n)
{
	need(buf_add(&playing->heard, p, n) == 0);
	for (;;) {
		struct str rest = { playing->heard.p + playing->judged,
			playing->heard.n - playing->judged };
		const char *lf;

		if (rest.n == 0)
			return;
		if (playing->chunk > 0) {
			if (rest.n > playing->chunk)
				rest.n = playing->chunk;
			playing->chunk -= rest.n;
			playing->judged += rest.n;
			continue;
		}
		/* The next command may depend on a 354. */
		speak();
		lf = memchr(rest.p, '\n', rest.n);
		if (lf == NULL)
			return;
		rest.n = (size_t)(lf - rest.p) + 1;
		check_ends(rest);
		playing->judged += rest.n;
		hear_line(rest);
	}
}

/* A relay that wants to be heard before it listens. */
static bool
blocks(void)
{
	playing->blocked = playing->small && !playing->blocked;
	return playing->blocked;
}

/* -- the system calls --------------------------------------------------------- */

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	ssize_t got = take(p, n, (flags & MSG_PEEK) != 0);

	(void)fd;
	if (got < 0)
		errno = EAGAIN;
	return got;
}

ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	size_t n = 0;

	(void)fd;
	(void)flags;
	if (next_is('^') || blocks()) {
		errno = next_is('^') ? EPIPE : EAGAIN;
		return -1;
	}
	for (size_t i = 0; i < (size_t)m->msg_iovlen; i++) {
		hear(m->msg_iov[i].iov_base, m->msg_iov[i].iov_len);
		n += m->msg_iov[i].iov_len;
	}
	return (ssize_t)n;
}

/* glibc tells the compiler that poll(2) only writes: hence another name. */
int script_poll(struct pollfd *, nfds_t, int) __asm__("poll");

int
script_poll(struct pollfd *p, nfds_t n, int ms)
{
	char c;

	(void)ms;
	need(n == 1);
	p->revents = p->events & POLLOUT;
	if ((p->events & POLLIN) != 0 && take(&c, 1, true) >= 0)
		p->revents |= POLLIN;
	return p->revents != 0;
}

/* -- TLS that leaves everything as it is ---------------------------------------- */

struct tls {
	bool	 verify;
};

struct tls *
tls_new(int fd, const struct tls_settings *settings, struct fault *f)
{
	struct tls *tls = malloc(sizeof(*tls));

	(void)fd;
	(void)f;
	need(tls != NULL);
	tls->verify = settings->verify;
	return tls;
}

void
tls_free(struct tls *tls)
{
	free(tls);
}

int
tls_handshake(struct tls *tls, struct fault *f)
{
	if (tls->verify && !playing->verified)
		return fault(f, EX_UNAVAILABLE, "certificate: not the one");
	playing->tls = true;
	return 0;
}

int
tls_read(struct tls *tls, char *p, size_t n, struct fault *f)
{
	ssize_t got = take(p, n, false);

	(void)tls;
	(void)f;
	return got < 0 ? TLS_WANT_READ : (int)got;
}

int
tls_write(struct tls *tls, struct str s, struct fault *f)
{
	(void)tls;
	if (next_is('^'))
		return fault(f, EX_UNAVAILABLE, "broken");
	if (blocks())
		return TLS_WANT_WRITE;
	hear(s.p, s.n);
	return (int)s.n;
}

int
tls_flush(struct tls *tls, struct fault *f)
{
	(void)tls;
	(void)f;
	return blocks() ? TLS_WANT_WRITE : 0;
}

bool
tls_pending(const struct tls *tls)
{
	(void)tls;
	return false;
}

bool
tls_buffered(const struct tls *tls)
{
	(void)tls;
	return playing->saying.n > 0;
}

void
tls_close(struct tls *tls)
{
	(void)tls;
}

bool
tls_verified(const struct tls *tls)
{
	(void)tls;
	return playing->verified;
}

const char *
tls_describe(const struct tls *tls)
{
	(void)tls;
	return "TLS of the script";
}

int
tls_binding(struct tls *tls, const char **type, struct buf *data)
{
	(void)tls;
	if (!playing->binds)
		return -1;
	*type = "tls-exporter";
	return buf_puts(data, "binding");
}

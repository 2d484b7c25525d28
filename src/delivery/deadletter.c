/* SPDX-License-Identifier: ISC */
/*
 * The last resort for a message that neither a relay nor the spool took: the
 * file dead.letter, an mbox with ">From " quoting (the mboxrd kind), so that
 * any mail program can read it and send the message again.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pages.h"
#include "delivery/deadletter.h"

#define SYSTEM_DIR	"/var/lib/sendlet"

enum { LOCK_TRIES = 50, LOCK_WAIT_MS = 100, OUT_SIZE = 64 * 1024 };

/* Text on its way into the file. */
struct out {
	int		 fd;
	bool		 in_line;	/* the line has begun */
	struct buf	 line;		/* its start, not yet judged */
	struct buf	 bytes;
};

bool
deadletter_path(const struct conf *conf, char path[DEADLETTER_PATH_MAX])
{
	const char *home = secure_getenv("HOME");
	int n = 0;

	if (conf->dead_letter != NULL && conf->dead_letter[0] == '/')
		n = snprintf(path, DEADLETTER_PATH_MAX, "%s",
		    conf->dead_letter);
	else if (conf->dead_letter == NULL && home != NULL && home[0] == '/')
		n = snprintf(path, DEADLETTER_PATH_MAX, "%s/dead.letter", home);
	else if (conf->dead_letter == NULL &&
	    eaccess(SYSTEM_DIR, W_OK | X_OK) == 0)
		n = snprintf(path, DEADLETTER_PATH_MAX,
		    SYSTEM_DIR "/dead.letter");
	return n > 0 && n < DEADLETTER_PATH_MAX;
}

/* Whoever else appends is soon done; a lock for ever is not waited for. */
static int
lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		(void)poll(NULL, 0, LOCK_WAIT_MS);
	}
	return -1;
}

/* The file, ours alone, locked; its size goes to *size. */
static int
open_file(const char *path, off_t *size, struct fault *f)
{
	int fd = io_create(AT_FDCWD, path, O_WRONLY | O_APPEND | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return fault_errno(f, EX_CANTCREAT, errno, "%s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || st.st_nlink != 1)
		(void)fault(f, EX_NOPERM,
		    "%s: not a file of your own", path);
	else if (lock(fd) != 0)
		(void)fault(f, EX_CANTCREAT, "%s: locked", path);
	else if (fchmod(fd, 0600) != 0 || fstat(fd, &st) != 0)
		(void)fault_errno(f, EX_IOERR, errno, "%s", path);
	else {
		*size = st.st_size;
		return fd;
	}
	(void)close(fd);
	return -1;
}

static int
flush(struct out *o)
{
	if (io_write(o->fd, buf_view(&o->bytes)) != 0)
		return -1;
	buf_clear(&o->bytes);
	return 0;
}

static int
put(struct out *o, struct str s)
{
	while (s.n > 0) {
		size_t n = OUT_SIZE - o->bytes.n;

		if (n > s.n)
			n = s.n;
		if (buf_add(&o->bytes, s.p, n) != 0)
			return -1;
		if (o->bytes.n == OUT_SIZE && flush(o) != 0)
			return -1;
		s.p += n;
		s.n -= n;
	}
	return 0;
}

/* True while a line may still turn out to be one that needs a ">". */
static bool
undecided(struct str line, bool *quote)
{
	static const char from[] = "From ";
	size_t i = 0, n;

	while (i < line.n && line.p[i] == '>')
		i++;
	n = line.n - i < 5 ? line.n - i : 5;
	*quote = n == 5 && memcmp(line.p + i, from, 5) == 0;
	return n < 5 && memcmp(line.p + i, from, n) == 0;
}

/* An octet at the start of a line. */
static int
put_octet(struct out *o, char c)
{
	bool quote, more;

	if (c == '\r')
		return 0;
	if (buf_char(&o->line, c) != 0)
		return -1;
	more = undecided(buf_view(&o->line), &quote);
	if (more && c != '\n' && o->line.n < o->line.max)
		return 0;
	if ((quote && put(o, STR(">")) != 0) ||
	    put(o, buf_view(&o->line)) != 0)
		return -1;
	o->in_line = c != '\n';
	buf_clear(&o->line);
	return 0;
}

/* The rest of a line, as far as the text has it; its CRs are half of CRLF. */
static int
put_rest(struct out *o, struct str *text)
{
	const char *end = memchr(text->p, '\n', text->n);
	struct str part, rest = { text->p, end == NULL ? text->n :
	    (size_t)(end - text->p) + 1 };

	o->in_line = end == NULL;
	text->p += rest.n;
	text->n -= rest.n;
	while (str_cut(&rest, '\r', &part))
		if (put(o, part) != 0)
			return -1;
	return 0;
}

/* Text of the message, whose lines end in CRLF. */
static int
put_text(struct out *o, struct str text)
{
	while (text.n > 0) {
		pages_passed(text.p);
		if (o->in_line) {
			if (put_rest(o, &text) != 0)
				return -1;
		} else {
			if (put_octet(o, *text.p++) != 0)
				return -1;
			text.n--;
		}
	}
	return 0;
}

static int
put_body(struct out *o, const struct store *body)
{
	struct fault ignored;
	struct buf room;
	uint64_t at = 0;
	struct str text;
	int status;

	buf_init(&room, OUT_SIZE);
	while ((status = store_read(body, at, &room, &text, &ignored)) == 0 &&
	    text.n > 0 && (status = put_text(o, text)) == 0)
		at += text.n;
	buf_free(&room);
	return status;
}

static int
put_mail(struct out *o, const struct mail *m)
{
	time_t now = time(NULL);
	struct buf line;
	char date[64];
	struct tm tm;
	int status;

	if (gmtime_r(&now, &tm) == NULL || strftime(date, sizeof(date),
	    "%a %b %e %H:%M:%S %Y", &tm) == 0)
		return -1;
	buf_init(&line, 1024);
	(void)buf_fmt(&line, "From %s %s\n", m->envelope.sender == NULL ||
	    m->envelope.sender[0] == '\0' ? "MAILER-DAEMON" :
	    m->envelope.sender, date);
	status = line.failed ? -1 : put(o, buf_view(&line));
	buf_free(&line);
	if (status != 0 || put_text(o, buf_view(&m->message.header)) != 0 ||
	    put(o, STR("\n")) != 0 || put_body(o, &m->message.body) != 0 ||
	    put(o, buf_view(&o->line)) != 0 || put(o, STR("\n")) != 0)
		return -1;
	return flush(o);
}

int
deadletter_add(const struct mail *m, const struct conf *conf,
    char path[DEADLETTER_PATH_MAX], struct fault *f)
{
	struct out o = { .fd = -1 };
	off_t size = 0;
	int status;

	if (!deadletter_path(conf, path))
		return 0;
	if ((o.fd = open_file(path, &size, f)) < 0)
		return -1;
	buf_init(&o.line, 1024);
	buf_init(&o.bytes, OUT_SIZE);
	errno = ENOMEM;
	status = put_mail(&o, m);
	if (status == 0)
		status = fsync(o.fd);
	if (status != 0) {
		(void)fault_errno(f, EX_IOERR, errno, "%s", path);
		(void)ftruncate(o.fd, size);
	}
	buf_free(&o.line);
	buf_free(&o.bytes);
	(void)close(o.fd);
	return status == 0 ? 1 : -1;
}

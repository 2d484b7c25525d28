/* SPDX-License-Identifier: ISC */
/*
 * A Maildir in place of a relay, for development machines and first trials.
 * The file appears under new/ only when all of it is on disk.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <bsd/string.h>

#include "base/io.h"
#include "base/random.h"
#include "delivery/maildir.h"

/* Opens path/sub as a directory, making it when it is missing. */
static int
open_dir(int at, const char *sub, struct fault *f, const char *path)
{
	int fd;

	if (io_mkdir(at, sub) != 0 && errno != EEXIST)
		return fault_errno(f, EX_CANTCREAT, errno, "%s", path);
	fd = openat(at, sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fault_errno(f, EX_CANTCREAT, errno, "%s", path);
	return fd;
}

/* Writes text with LF line ends; every CR in it is half of a CRLF. */
static int
write_lines(int fd, struct str s)
{
	struct str part;

	while (str_cut(&s, '\r', &part))
		if (io_write(fd, part) != 0)
			return -1;
	return 0;
}

static int
write_envelope(int fd, const struct mail *m)
{
	struct buf text;
	int status;

	buf_init(&text, 8 * 1024 * 1024);
	(void)buf_fmt(&text, "Return-Path: <%s>\n", m->path);
	for (size_t i = 0; i < m->envelope.count; i++)
		if (rcpt_open(&m->envelope.rcpt[i]))
			(void)buf_fmt(&text, "Delivered-To: %s\n",
			    m->envelope.rcpt[i].address);
	status = text.failed ? -1 : io_write(fd, buf_view(&text));
	buf_free(&text);
	return status;
}

static int
write_mail(int fd, const struct mail *m, struct fault *f)
{
	struct mail_reader reader;
	struct str text;
	int status;

	if (write_envelope(fd, m) != 0)
		return fault_errno(f, EX_IOERR, errno, "maildir");
	mail_start(&reader, m);
	while ((status = mail_next(&reader, &text, f)) == 0 && text.n > 0)
		if (write_lines(fd, text) != 0) {
			status = fault_errno(f, EX_IOERR, errno, "maildir");
			break;
		}
	mail_stop(&reader);
	if (status == 0 && fsync(fd) != 0)
		status = fault_errno(f, EX_IOERR, errno, "maildir");
	return status;
}

/* tmp/NAME to new/NAME, in directories that are open. */
static int
publish(int tmp, int new, const char *name, const struct mail *m,
    struct fault *f)
{
	int fd = io_create(tmp, name, O_WRONLY | O_EXCL);
	int status;

	if (fd < 0)
		return fault_errno(f, EX_CANTCREAT, errno, "maildir: tmp/%s",
		    name);
	status = write_mail(fd, m, f);
	if (close(fd) != 0 && status == 0)
		status = fault_errno(f, EX_IOERR, errno, "maildir");
	if (status == 0 && (renameat(tmp, name, new, name) != 0 ||
	    fsync(new) != 0))
		status = fault_errno(f, EX_IOERR, errno, "maildir: new/%s",
		    name);
	if (status == 0 || unlinkat(tmp, name, 0) == 0)
		return status;
	/* It is there already, and would come again. */
	if (unlinkat(new, name, 0) == 0 || errno == ENOENT)
		return -1;
	(void)fault(f, EX_IOERR, "%s; it may have been delivered", f->text);
	return 1;
}

int
maildir_deliver(const char *path, const struct mail *m, struct buf *name,
    struct fault *f)
{
	int dir, tmp, new, cur, status = -1;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)buf_fmt(name, "%lld.M%ldP%ldR%08" PRIx32 ".sendlet",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
	    random_number());
	if (buf_cstr(name) == NULL)
		return fault(f, EX_OSERR, "maildir: out of memory");
	dir = open_dir(AT_FDCWD, path, f, path);
	if (dir < 0)
		return -1;
	tmp = open_dir(dir, "tmp", f, path);
	new = open_dir(dir, "new", f, path);
	cur = open_dir(dir, "cur", f, path);
	if (tmp >= 0 && new >= 0 && cur >= 0)
		status = publish(tmp, new, name->p, m, f);
	for (int fds[] = { dir, tmp, new, cur }, i = 0; i < 4; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	return status;
}

/* A directory to be written to, or one that can be made. */
static int
check_dir(const char *path, struct fault *f)
{
	const int how = W_OK | X_OK;
	char parent[PATH_MAX];
	struct stat st;
	char *slash;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if (faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0)
		return 0;
	if (errno != ENOENT ||
	    strlcpy(parent, path, sizeof(parent)) >= sizeof(parent))
		return fault_errno(f, EX_CANTCREAT, errno, "%s", path);
	slash = strrchr(parent, '/');
	if (slash == NULL)
		return fault_errno(f, EX_CANTCREAT, ENOENT, "%s", path);
	slash[slash == parent] = '\0';
	if (faccessat(AT_FDCWD, parent, how, AT_EACCESS) == 0)
		return 0;
	return fault_errno(f, EX_CANTCREAT, errno, "%s", path);
}

int
maildir_check(const char *path, struct fault *f)
{
	static const char *const subs[] = { "tmp", "new", "cur" };
	char sub[PATH_MAX];
	struct stat st;

	if (check_dir(path, f) != 0)
		return -1;
	for (size_t i = 0; i < 3; i++)
		if (snprintf(sub, sizeof(sub), "%s/%s", path, subs[i]) <
		    (int)sizeof(sub) && stat(sub, &st) == 0 &&
		    check_dir(sub, f) != 0)
			return -1;
	return 0;
}

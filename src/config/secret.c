/* SPDX-License-Identifier: ISC */
/*
 * Where a password comes from: a file, the environment, systemd's credentials,
 * a program, or the configuration itself.  Programs are run without a shell.
 * Messages name the source, never what it gave; of a command only the
 * program, for its arguments may be secret too.
 */
#include <sys/wait.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/privilege.h"
#include "config/secret.h"
#include "config/trust.h"
#include "config/word.h"

enum { ARGUMENTS_MAX = 64, LIMIT_MS = 60 * 1000, WAIT_MS = 10 };

/* A program and its arguments, taken apart. */
struct command {
	struct buf	 words;		/* each with a NUL behind it */
	char		*argv[ARGUMENTS_MAX + 1];
};

/*
 * Cuts a command line into words.  A quote inside a word is refused: a shell
 * would treat it otherwise than word.c does.
 */
static int
split(struct command *c, const char *line, struct fault *f)
{
	struct str rest = str_of(line);
	size_t n = 0;
	char *at;

	buf_init(&c->words, rest.n + 2);
	for (word_skip(&rest); rest.n > 0; word_skip(&rest)) {
		size_t start = c->words.n;
		bool plain = rest.p[0] != '"';

		if (++n > ARGUMENTS_MAX)
			return fault(f, EX_CONFIG, "command: more than %d "
			    "words", ARGUMENTS_MAX);
		if (word_next(&rest, &c->words, f) == -1)
			return fault(f, f->code, "command: %s", f->text);
		if (plain && memchr(c->words.p + start, '"',
		    c->words.n - start) != NULL)
			return fault(f, EX_CONFIG, "command: quote inside a "
			    "word: quote the whole word");
		(void)buf_char(&c->words, '\0');
	}
	if (c->words.failed)
		return fault(f, EX_OSERR, "out of memory");
	if (n == 0 || c->words.p[0] != '/')
		return fault(f, EX_CONFIG, "command: must start with the "
		    "absolute path of a program");
	at = c->words.p;
	for (size_t i = 0; i < n; i++, at += strlen(at) + 1)
		c->argv[i] = at;
	c->argv[n] = NULL;
	return 0;
}

static int
check_command(const char *line, struct fault *f)
{
	struct command c;
	int code = split(&c, line, f);

	buf_free(&c.words);
	return code;
}

/*
 * Starts the program: nothing to read, output into the pipe, errors where
 * ours go.  The signals that we block kill it as they would from a shell.  A
 * token that it keeps in a file is not for whom our caller chooses.
 */
static int
start(const struct command *c, int out, pid_t *pid, struct fault *f)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t ignored, blocked;
	int error;

	io_private();
	(void)sigemptyset(&ignored);
	(void)sigaddset(&ignored, SIGPIPE);
	(void)sigprocmask(SIG_BLOCK, NULL, &blocked);
	(void)sigdelset(&blocked, SIGPIPE);
	(void)sigdelset(&blocked, SIGXFSZ);
	if ((error = posix_spawn_file_actions_init(&files)) != 0)
		return fault_errno(f, EX_OSERR, error, "%s", c->argv[0]);
	if ((error = posix_spawnattr_init(&attributes)) != 0)
		goto out;
	if ((error = posix_spawn_file_actions_adddup2(&files, out, 1)) == 0 &&
	    (error = posix_spawn_file_actions_addopen(&files, 0, "/dev/null",
	    O_RDONLY, 0)) == 0 &&
	    (error = posix_spawnattr_setsigdefault(&attributes,
	    &ignored)) == 0 &&
	    (error = posix_spawnattr_setsigmask(&attributes,
	    &blocked)) == 0 &&
	    (error = posix_spawnattr_setflags(&attributes,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)) == 0)
		error = posix_spawn(pid, c->argv[0], &files, &attributes,
		    c->argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
out:
	(void)posix_spawn_file_actions_destroy(&files);
	if (error != 0)
		return fault_errno(f, EX_CONFIG, error, "%s", c->argv[0]);
	return 0;
}

/* Waits for the end of the program, which is killed when it comes too late. */
static int
finish(pid_t pid, const char *program, int64_t deadline, struct fault *f)
{
	pid_t ended;
	int status;

	while ((ended = waitpid(pid, &status, WNOHANG)) == 0 &&
	    clock_left(deadline) > 0)
		(void)poll(NULL, 0, WAIT_MS);
	if (ended == 0) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		return fault(f, EX_CONFIG, "%s: did not end in time", program);
	}
	if (ended == -1)
		return fault_errno(f, EX_OSERR, errno, "%s", program);
	if (WIFSIGNALED(status))
		return fault(f, EX_CONFIG, "%s: ended by signal %d (%s)",
		    program, WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return fault(f, EX_CONFIG, "%s: exit status %d", program,
		    WEXITSTATUS(status));
	return 0;
}

static int
run(const struct command *c, struct buf *out, struct fault *f)
{
	int64_t deadline = clock_deadline(LIMIT_MS, CLOCK_NEVER);
	struct trusted output = { .fd = -1 };
	struct fault end;
	int ends[2], code;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return fault_errno(f, EX_OSERR, errno, "%s", c->argv[0]);
	output.fd = ends[0];
	code = start(c, ends[1], &pid, f);
	(void)close(ends[1]);
	if (code == 0) {
		code = trust_read(&output, c->argv[0], deadline, out, f);
		/* Its output is useless now: no more time for it. */
		if (code == -1)
			deadline = 0;
		if (finish(pid, c->argv[0], deadline, &end) == -1 &&
		    code == 0)
			code = fault(f, end.code, "%s", end.text);
	}
	(void)close(ends[0]);
	return code;
}

/*
 * A caller may have us ignore SIGCHLD; then no exit status would be left to
 * wait for.
 */
static int
load_command(const char *line, struct buf *out, struct fault *f)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	struct sigaction before;
	struct command c;
	int code;

	if ((code = split(&c, line, f)) == 0) {
		(void)sigaction(SIGCHLD, &standard, &before);
		code = run(&c, out, f);
		(void)sigaction(SIGCHLD, &before, NULL);
	}
	buf_free(&c.words);
	return code;
}

static int
check_file(const char *path, struct fault *f)
{
	if (path[0] != '/' || strlen(path) >= PATH_MAX)
		return fault(f, EX_CONFIG, "file: an absolute path must "
		    "follow");
	return 0;
}

static int
load_file(const char *path, struct buf *out, struct fault *f)
{
	struct trusted file;
	int code;

	if (trust_open(&file, path, TRUST_DATA, f) == -1) {
		if (f->code == EX_NOINPUT)
			f->code = EX_CONFIG;
		return -1;
	}
	code = trust_read(&file, path, clock_deadline(LIMIT_MS, CLOCK_NEVER),
	    out, f);
	(void)close(file.fd);
	return code;
}

static int
check_env(const char *name, struct fault *f)
{
	size_t n = 0;

	while (isalnum((unsigned char)name[n]) || name[n] == '_')
		n++;
	if (n == 0 || name[n] != '\0' || isdigit((unsigned char)name[0]))
		return fault(f, EX_CONFIG, "env: the name of a variable must "
		    "follow");
	return 0;
}

/* What a caller could choose is no secret of ours. */
static int
refuse_lent(const char *source, const char *name, struct fault *f)
{
	if (!privilege_lent())
		return 0;
	return fault(f, EX_CONFIG, "%s:%s: the environment does not count in "
	    "a set-group-id program", source, name);
}

static int
load_env(const char *name, struct buf *out, struct fault *f)
{
	const char *value = getenv(name);

	if (refuse_lent("env", name, f) == -1)
		return -1;
	if (value == NULL)
		return fault(f, EX_CONFIG, "env:%s: not set", name);
	if (buf_puts(out, value) == -1)
		return fault(f, EX_CONFIG, "env:%s: longer than %d octets",
		    name, SECRET_MAX);
	return 0;
}

static int
check_credential(const char *name, struct fault *f)
{
	if (name[0] == '\0' || strchr(name, '/') != NULL ||
	    strlen(name) > NAME_MAX || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return fault(f, EX_CONFIG, "credential: a name without \"/\" "
		    "must follow");
	return 0;
}

static int
load_credential(const char *name, struct buf *out, struct fault *f)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	int n;

	if (refuse_lent("credential", name, f) == -1)
		return -1;
	if (directory == NULL || directory[0] != '/')
		return fault(f, EX_CONFIG, "credential:%s: "
		    "$CREDENTIALS_DIRECTORY is not set", name);
	n = snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return fault(f, EX_CONFIG, "credential:%s: "
		    "$CREDENTIALS_DIRECTORY is too long", name);
	return load_file(path, out, f);
}

static int
check_literal(const char *value, struct fault *f)
{
	if (strlen(value) > SECRET_MAX)
		return fault(f, EX_CONFIG, "longer than %d octets",
		    SECRET_MAX);
	return 0;
}

static int
load_literal(const char *value, struct buf *out, struct fault *f)
{
	if (buf_puts(out, value) == -1)
		return fault(f, EX_OSERR, "password: out of memory");
	return 0;
}

static const struct source {
	const char	*prefix;
	int		(*check)(const char *, struct fault *);
	int		(*load)(const char *, struct buf *, struct fault *);
} sources[] = {
	{ "file:", check_file, load_file },
	{ "env:", check_env, load_env },
	{ "credential:", check_credential, load_credential },
	{ "command:", check_command, load_command },
	{ "", check_literal, load_literal },	/* every value has this one */
};

/* The source of a value; *rest is what follows its prefix. */
static const struct source *
source(const char *value, const char **rest)
{
	const struct source *s = sources;

	while (!str_istarts(str_of(value), str_of(s->prefix)))
		s++;
	*rest = value + strlen(s->prefix);
	return s;
}

bool
secret_is_literal(const char *value)
{
	const char *rest;

	return source(value, &rest)->prefix[0] == '\0';
}

int
secret_check(const char *value, struct fault *f)
{
	const char *rest;
	const struct source *s = source(value, &rest);

	return s->check(rest, f);
}

int
secret_load(const char *value, struct buf *out, struct fault *f)
{
	const char *rest;
	const struct source *s = source(value, &rest);
	struct str words = str_of(s->prefix[0] == '\0' ? "password" : value);
	struct str name = words;

	if (s->load == load_command)
		(void)str_word(&words, &name);
	buf_init(out, SECRET_MAX);
	if (s->check(rest, f) == -1 || s->load(rest, out, f) == -1)
		return -1;
	if (out->n > 0 && out->p[out->n - 1] == '\n') {
		out->n--;
		if (out->n > 0 && out->p[out->n - 1] == '\r')
			out->n--;
	}
	if (out->n == 0)
		return fault(f, EX_CONFIG, "%.*s: empty", STR_ARG(name));
	/* strchr() finds the NUL behind the two as well. */
	for (size_t i = 0; i < out->n; i++)
		if (strchr("\r\n", out->p[i]) != NULL)
			return fault(f, EX_CONFIG, "%.*s: more than one line, "
			    "or a NUL in it", STR_ARG(name));
	return 0;
}

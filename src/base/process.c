/* SPDX-License-Identifier: ISC */
/* What a caller may have left us with, put right before anything else. */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <bsd/unistd.h>

#include "base/fault.h"
#include "base/process.h"

/*
 * What takes no part in anything: without it a socket could become standard
 * error.  A changed root may have no /dev.
 */
static int
open_null(int flags)
{
	int fd = open("/dev/null", flags);

	return fd >= 0 ? fd : open("/", O_PATH);
}

int
process_detach(void)
{
	pid_t child = fork();
	int ends[2];

	if (child != 0)
		return child < 0 ? -1 : 0;
	(void)setsid();
	(void)chdir("/");
	for (int i = 0; i <= 2; i++)
		(void)close(i);
	/* 0 and 1, a pipe at its end: as good as /dev/null, and no file. */
	if (pipe2(ends, 0) == 0)
		for (int i = 1; i <= 2; i++)
			(void)dup2(ends[0], i);
	return 1;
}

pid_t
process_branch(int *ended)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	child = fork();
	if (child != 0)
		(void)close(ends[1]);
	if (child <= 0)
		(void)close(ends[0]);
	*ended = ends[0];
	return child;
}

int
process_join(pid_t child, int ended)
{
	int status;

	(void)close(ended);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return EX_OSERR;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

void
process_prepare(void)
{
	sigset_t deadly;
	struct pollfd standard[] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };

	/*
	 * /dev/null opened for writing only: reading a standard input that
	 * was closed fails as it should.
	 */
	(void)poll(standard, 3, 0);
	for (int fd = 0; fd <= 2; fd++)
		if ((standard[fd].revents & POLLNVAL) != 0)
			(void)open_null(O_WRONLY);
	if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0)
		closefrom(3);
	(void)sigemptyset(&deadly);
	(void)sigaddset(&deadly, SIGPIPE);
	(void)sigaddset(&deadly, SIGXFSZ);
	(void)sigprocmask(SIG_BLOCK, &deadly, NULL);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

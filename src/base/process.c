/* SPDX-License-Identifier: ISC */
/* What a caller may have left us with, put right before anything else. */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/process.h"

void
process_prepare(void)
{
	/*
	 * /dev/null opened for writing only: reading a standard input that
	 * was closed fails as it should.
	 */
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_WRONLY);
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

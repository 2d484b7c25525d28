/* SPDX-License-Identifier: ISC */
/*
 * Loads the secret its argument describes and prints it, or the exit code and
 * the text of the fault.  Options: -c with SIGCHLD ignored, -q with clocks
 * that run a hundred times as fast.
 */
#include <sys/syscall.h>

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config/secret.h"

static int speed = 1;

/* These two take the place of the C library's. */
int
clock_gettime(clockid_t id, struct timespec *now)
{
	if (syscall(SYS_clock_gettime, id, now) == -1)
		return -1;
	now->tv_nsec *= speed;
	now->tv_sec = now->tv_sec * speed + now->tv_nsec / 1000000000;
	now->tv_nsec %= 1000000000;
	return 0;
}

int
poll(struct pollfd *fds, nfds_t n, int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	t.tv_nsec = (t.tv_sec * 1000000000 + t.tv_nsec) / speed;
	t.tv_sec = t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return ppoll(fds, n, ms < 0 ? NULL : &t, NULL);
}

int
main(int argc, char *argv[])
{
	struct buf secret;
	struct fault f = { 0 };
	int option;

	while ((option = getopt(argc, argv, "cq")) != -1) {
		if (option == 'c')
			(void)signal(SIGCHLD, SIG_IGN);
		else if (option == 'q')
			speed = 100;
		else
			return 64;
	}
	if (optind + 1 != argc)
		errx(64, "usage: secret [-cq] VALUE");
	(void)signal(SIGPIPE, SIG_IGN);
	if (secret_load(argv[optind], &secret, &f) == -1) {
		printf("%d %s\n", f.code, f.text);
	} else {
		char text[4 * SECRET_MAX + 1];

		str_escape(text, sizeof(text), buf_view(&secret));
		printf("%s {%s}\n", secret_is_literal(argv[optind]) ?
		    "literal" : "loaded", text);
	}
	if ((f.code == 0) != (secret_check(argv[optind], &f) == 0) &&
	    f.code == 0)
		errx(1, "loaded, but the check refuses it: %s", f.text);
	buf_free(&secret);
	return f.code;
}

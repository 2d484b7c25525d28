/* SPDX-License-Identifier: ISC */
/*
 * dial HOST PORT MS: connects, and prints the address of the one that
 * answered, or exit code and text; then how many tenths of a second it took.
 */
#include <sys/socket.h>

#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/dial.h"

static void
inspect(int fd)
{
	socklen_t size = sizeof(int);
	int on = 0;

	if ((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0 ||
	    (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0)
		errx(1, "flags are missing");
	if (getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size) != 0 || !on)
		errx(1, "no TCP_NODELAY");
}

int
main(int argc, char *argv[])
{
	char name[DIAL_NAME_MAX];
	struct fault f;
	int64_t start = clock_ms(), ms, took;
	int fd;

	if (argc != 4)
		errx(64, "usage: dial HOST PORT MS");
	ms = strtol(argv[3], NULL, 10);
	fd = dial(argv[1], (uint16_t)strtol(argv[2], NULL, 10), start + ms,
	    name, &f);
	took = clock_ms() - start;
	if (fd >= 0) {
		inspect(fd);
		close(fd);
		printf("%s\n", name);
	} else {
		printf("%d %s\n", f.code, f.text);
	}
	printf("%lld\n", (long long)took / 100);
	return fd < 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * dial MS [KEYWORD=VALUE ...] HOST:PORT ...: connects to one of these places,
 * which are equally good, and prints the name of the one that answered, or
 * exit code and text; then how many tenths of a second it took; and whether it
 * spoke, or for how many tenths that was waited for.  "/path" is a Unix socket,
 * "greeting=MS" is how long it may take to speak.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/keyword.h"
#include "config/relay.h"
#include "net/dial.h"

enum { TARGETS = 20, DESCRIPTORS = 40 };

static void
inspect(int fd)
{
	if ((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0 ||
	    (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0)
		errx(1, "flags are missing");
	for (int other = 3; other < DESCRIPTORS; other++)
		if (other != fd && fcntl(other, F_GETFD) >= 0)
			errx(1, "a loser is left open");
}

/* Cuts "host:port" in two, or "keyword=value". */
static char *
cut(char *text, char at)
{
	char *p = strrchr(text, at);

	if (p == NULL)
		errx(64, "%s: no %c", text, at);
	*p = '\0';
	return p + 1;
}

static void
set(struct relay *r, char *text)
{
	const char *value = cut(text, '=');
	const struct keyword *k = keyword_find(str_of(text));
	struct fault f;

	if (k == NULL)
		errx(64, "%s: no keyword", text);
	if (keyword_set(k, r, value, &f) != 0)
		errx(64, "%s", f.text);
}

int
main(int argc, char *argv[])
{
	struct relay relay = { 0 };
	struct target target[TARGETS];
	struct dial d = { .relay = &relay, .target = target };
	struct dialled out;
	struct fault f;
	int64_t start = clock_ms(), took;
	int status;

	if (argc < 3 || argc - 2 > TARGETS)
		errx(64, "usage: dial MS [KEYWORD=VALUE ...] HOST:PORT ...");
	for (int fd = 3; fd < DESCRIPTORS; fd++)
		(void)close(fd);
	d.deadline = start + strtol(argv[1], NULL, 10);
	for (int i = 2; i < argc; i++) {
		struct target *p = &target[d.count];

		if (strncmp(argv[i], "greeting=", 9) == 0) {
			d.greeting = strtol(argv[i] + 9, NULL, 10);
			continue;
		}
		if (strchr(argv[i], '=') != NULL) {
			set(&relay, argv[i]);
			continue;
		}
		*p = (struct target){ .host = argv[i], .speaks = true };
		if (argv[i][0] != '/')
			p->port = (uint16_t)strtol(cut(argv[i], ':'), NULL,
			    10);
		d.count++;
	}
	status = dial(&d, &out, &f);
	took = clock_ms() - start;
	if (status == 0) {
		inspect(out.fd);
		close(out.fd);
		printf("%s\n", out.name);
	} else {
		printf("%d %s\n", f.code, f.text);
	}
	printf("%lld\n", (long long)took / 100);
	if (status == 0 && d.greeting > 0)
		printf("%s %lld\n", out.greeted ? "greeted" : "silent",
		    (long long)out.waited / 100);
	relay_wipe(&relay);
	return status != 0;
}

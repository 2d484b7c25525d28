/* SPDX-License-Identifier: ISC */
/*
 * tls [OPTION...] HOST PORT: starts TLS with what listens on PORT of 127.0.0.1
 * and is said to be HOST.  Prints
 *
 *	verified | unverified
 *	version and suite
 *	type and value of the channel binding
 *
 * or exit code and text of the fault.
 *
 *	-3		TLS 1.3 only
 *	-n		do not insist on a certificate that can be verified
 *	-d DOMAIN	its certificate may be for this one as well
 *	-c CA, -p PINS, -C CERT, -K KEY	as in struct tls_settings
 *	-e		then send standard input and print the lines received
 *			until the other side closes
 *	-t MS		deadline for all of it
 *	-T SECONDS	what the clock says
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/dial.h"
#include "net/stream.h"

enum { LINE_LIMIT = 2048 };

static struct stream *s;
static struct fault f;

static time_t now;

/* Instead of the C library's: certificates are judged by what it returns. */
time_t
time(time_t *at)
{
	struct timespec ts;

	if (now != 0) {
		ts.tv_sec = now;
	} else {
		(void)clock_gettime(CLOCK_REALTIME, &ts);
	}
	if (at != NULL)
		*at = ts.tv_sec;
	return ts.tv_sec;
}

/* The outcome is the same line whatever failed; the exit status is 1. */
static void
fail(void)
{
	printf("%d %s\n", f.code, f.text);
	stream_free(s);
	exit(1);
}

static void
show(void)
{
	const char *type;
	struct buf data;

	buf_init(&data, 64);
	puts(tls_verified(stream_tls(s)) ? "verified" : "unverified");
	puts(tls_describe(stream_tls(s)));
	if (tls_binding(stream_tls(s), &type, &data) < 0)
		errx(1, "no binding");
	printf("%s ", type);
	for (size_t i = 0; i < data.n; i++)
		printf("%02x", (unsigned char)data.p[i]);
	printf("\n");
	buf_free(&data);
}

static void
exchange(void)
{
	static char b[50000];
	struct str line;
	size_t n;

	while ((n = fread(b, 1, sizeof(b), stdin)) > 0)
		if (stream_put(s, (struct str){ b, n }, &f) < 0)
			fail();
	if (stream_flush(s, &f) < 0)
		fail();
	while (stream_line(s, LINE_LIMIT, &line, &f) == 0)
		printf("%.*s\n", STR_ARG(line));
	printf("%d %s\n", f.code, f.text);
}

int
main(int argc, char *argv[])
{
	struct tls_settings settings = { .minimum = 12, .verify = true };
	const struct relay relay = { 0 };
	struct target target = { .host = "127.0.0.1" };
	const struct dial to = { .relay = &relay, .target = &target, .count = 1,
	    .deadline = CLOCK_NEVER };
	struct dialled dialled;
	int64_t ms = 10000;
	int ch, echo = 0;

	while ((ch = getopt(argc, argv, "3nec:d:p:C:K:t:T:")) != -1)
		switch (ch) {
		case '3': settings.minimum = 13; break;
		case 'n': settings.verify = false; break;
		case 'e': echo = 1; break;
		case 'c': settings.ca_file = optarg; break;
		case 'd': settings.domain = optarg; break;
		case 'p': settings.pins = optarg; break;
		case 'C': settings.cert = optarg; break;
		case 'K': settings.key = optarg; break;
		case 't': ms = strtol(optarg, NULL, 10); break;
		case 'T': now = strtol(optarg, NULL, 10); break;
		default: return 64;
		}
	if (argc - optind != 2)
		errx(64, "usage: tls [OPTION...] HOST PORT");
	settings.host = argv[optind];
	target.port = (uint16_t)strtol(argv[optind + 1], NULL, 10);
	if (dial(&to, &dialled, &f) != 0)
		fail();
	s = stream_new(dialled.fd);
	if (s == NULL)
		err(1, "stream_new");
	stream_deadline(s, clock_ms() + ms);
	if (stream_start_tls(s, &settings, &f) < 0)
		fail();
	show();
	if (echo)
		exchange();
	stream_close(s);
	return 0;
}

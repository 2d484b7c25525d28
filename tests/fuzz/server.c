/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as the client's side of a dialogue.  The order of commands is
 * kept: a recipient only after a sender, a message only after a recipient,
 * and what a message holds is whole lines.  The first octet chooses which
 * requests are refused.
 */
#include <sys/mman.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/dsn.h"
#include "smtp/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
need(bool what)
{
	if (!what)
		abort();
}

static void
check_lines(struct str s)
{
	need(s.n == 0 || (s.n >= 2 && memcmp(s.p + s.n - 2, "\r\n", 2) == 0));
	for (size_t i = 0; i < s.n; i++) {
		need(s.p[i] != '\0');
		need(s.p[i] != '\n' || (i > 0 && s.p[i - 1] == '\r'));
		need(s.p[i] != '\r' || (i + 1 < s.n && s.p[i + 1] == '\n'));
	}
}

/* What comes with MAIL and RCPT (RFC 3461): read and written again. */
static void
check_parameters(const struct server_request *r)
{
	struct buf text, again;
	struct fault f = { 0 };
	struct str value;
	int bits;

	(void)server_parameter(r, "SIZE", &value);
	buf_init(&text, 4096);
	buf_init(&again, 4096);
	if (server_parameter(r, "NOTIFY", &value) &&
	    (bits = dsn_notify(value, &f)) >= 0) {
		dsn_notify_format(&text, (unsigned)bits);
		need(dsn_notify(buf_view(&text), &f) == bits);
		buf_clear(&text);
	}
	if (server_parameter(r, "RET", &value))
		need(dsn_ret(value, &f) >= 0 || f.code == EX_USAGE);
	if (server_parameter(r, "ENVID", &value) &&
	    dsn_xtext_decode(&text, value) == 0) {
		need(dsn_printable(buf_view(&text), 4096));
		dsn_xtext(&again, buf_view(&text));
		buf_clear(&text);
		need(dsn_xtext_decode(&text, buf_view(&again)) == 0);
	}
	buf_free(&again);
	buf_free(&text);
}

static void
answer(struct server *s, struct message *m, const struct server_request *r,
    unsigned choice)
{
	static unsigned rcpts;
	static bool mail;
	int code = (choice >> r->verb & 1) != 0 ? 550 : 250;

	check_parameters(r);
	switch (r->verb) {
	case SERVER_MAIL:
		mail = code == 250;
		rcpts = 0;
		break;
	case SERVER_RCPT:
		need(mail);
		need(r->address.n > 0);
		rcpts += code == 250;
		break;
	case SERVER_DATA:
		need(mail && rcpts > 0);
		check_lines(buf_view(&m->header));
		check_lines(buf_view(&m->body.tail));
		message_free(m);
		message_init(m);
		mail = false;
		break;
	case SERVER_RESET:
		mail = false;
		return;
	case SERVER_VERIFY:
	case SERVER_EXPAND:
		break;
	}
	server_reply(s, r, code, "2.0.0 one\nmore");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct message_limits limits = { .size = 3000 };
	struct server_request request;
	struct server server;
	struct message message;
	struct fault f;
	int in;

	if (size < 1)
		return 0;
	in = memfd_create("client", 0);
	need(in >= 0 && write(in, data + 1, size - 1) == (ssize_t)size - 1);
	need(lseek(in, 0, SEEK_SET) == 0);
	server_open(&server, "host.example.org", &limits);
	server.in = in;
	server.out = open("/dev/null", O_WRONLY);
	server.socket = false;
	message_init(&message);
	while (server_next(&server, &message, &request, &f) > 0)
		answer(&server, &message, &request, data[0]);
	server_free(&server);
	message_free(&message);
	(void)close(server.out);
	(void)close(in);
	return 0;
}

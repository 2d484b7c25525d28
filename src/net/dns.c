/* SPDX-License-Identifier: ISC */
/*
 * Questions to name servers: RFC 1035 section 4.2, RFC 7766 (TCP).  The C
 * library makes the queries and expands the names in the answers (answer.c);
 * how long to wait is decided here, because res_query(3) and getaddrinfo(3)
 * know no deadline, and musl before 1.2.4 knows no TCP either.  c-ares has it
 * all, but takes 70 KB and 200,000 instructions a host more than this, asks
 * one server after the other and wants to read files that the sandbox denies.
 *
 * As in musl all servers are asked at once, and the first that knows is
 * believed.  Each question has a random number and each server a socket with
 * a random port, connected, so that the kernel drops what others send.
 */
#include <arpa/nameser.h>
#include <resolv.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/signals.h"
#include "net/dns.h"
#include "net/wait.h"

enum {
	QUERY_MAX = 12 + 255 + 4,
	UDP_MAX = 4096,
	AGAIN_MS = 1000,	/* until a question is repeated; doubles */
	PORT = 53
};

/* One round of questions. */
struct exchange {
	const struct dns	*dns;
	struct dns_question	*question;
	size_t			 count;
	struct query {
		unsigned char	 packet[QUERY_MAX];
		size_t		 n;
		unsigned	 failed;	/* bits: these servers did */
	} query[DNS_QUESTIONS];
	struct pollfd		 server[DNS_SERVERS + DNS_BESIDE];
	int64_t			 deadline;
};

/* ---- resolv.conf --------------------------------------------------------- */

static unsigned
option(struct str word, struct str name, unsigned standard, unsigned most)
{
	unsigned n = 0;

	if (!str_istarts(word, name) || word.n == name.n)
		return standard;
	for (size_t i = name.n; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return standard;
		n = n * 10 + (unsigned)(word.p[i] - '0');
		if (n > most)
			return most;
	}
	return n;
}

static void
add_server(struct dns *d, struct str text)
{
	char literal[ADDRESS_TEXT];

	if (d->servers == DNS_SERVERS || text.n >= sizeof(literal))
		return;
	memcpy(literal, text.p, text.n);
	literal[text.n] = '\0';
	if (literal[0] != '/' &&
	    address_parse(&d->server[d->servers], literal, PORT))
		d->servers++;
}

void
dns_configure(struct dns *d)
{
	FILE *file = fopen("/etc/resolv.conf", "re");
	unsigned timeout = 5, attempts = 2;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	*d = (struct dns){ .ndots = 1, .grace = DNS_GRACE_MS };
	while (file != NULL && (n = getline(&line, &size, file)) >= 0) {
		struct str rest = { line, (size_t)n }, word, key;

		if (!str_word(&rest, &key))
			continue;
		rest = str_trim(rest);
		if (str_eq(key, STR("nameserver")) && str_word(&rest, &word))
			add_server(d, word);
		else if ((str_eq(key, STR("search")) ||
		    str_eq(key, STR("domain"))) && rest.n < DNS_SEARCH)
			(void)snprintf(d->search, sizeof(d->search), "%.*s",
			    STR_ARG(rest));
		while (str_eq(key, STR("options")) && str_word(&rest, &word)) {
			d->ndots = option(word, STR("ndots:"), d->ndots, 15);
			timeout = option(word, STR("timeout:"), timeout, 30);
			attempts = option(word, STR("attempts:"), attempts, 5);
		}
	}
	free(line);
	if (file != NULL)
		(void)fclose(file);
	if (d->servers == 0)
		add_server(d, STR("127.0.0.1"));
	d->patience = 1000 * (int64_t)(timeout == 0 ? 1 : timeout) *
	    (attempts == 0 ? 1 : attempts);
}

/* ---- asking -------------------------------------------------------------- */

static void
prepare(struct query *q, struct dns_question *question)
{
	int n = res_mkquery(ns_o_query, question->name, ns_c_in,
	    (int)question->type, NULL, 0, NULL, q->packet, sizeof(q->packet));

	question->answer = (struct answer){ 0 };
	question->status = ANSWER_SILENT;
	question->done = false;
	if (n < 0) {
		/* Nothing with such a name can exist. */
		question->status = ANSWER_NO_NAME;
		question->done = true;
		return;
	}
	q->n = (size_t)n;
	random_bytes(q->packet, 2);
}

/* Notes what a server has said, or that it never will. */
static void
settle(struct exchange *x, size_t i, size_t server, enum answer_status status)
{
	struct dns_question *q = &x->question[i];
	unsigned *failed = &x->query[i].failed;

	if (status == ANSWER_STRANGE || q->done)
		return;
	q->status = status;
	if (status == ANSWER_FAILED || status == ANSWER_SILENT) {
		*failed |= 1U << server;
		q->done = *failed == (1U << x->dns->servers) - 1;
	} else {
		q->done = true;
	}
	if (status == ANSWER_FOUND)
		x->deadline = clock_deadline(x->dns->grace, x->deadline);
}

/* The server cannot be asked. */
static void
give_up(struct exchange *x, size_t server)
{
	for (size_t i = 0; i < x->count; i++)
		settle(x, i, server, ANSWER_SILENT);
	if (x->server[server].fd >= 0)
		close(x->server[server].fd);
	x->server[server].fd = -1;
}

static void
open_server(struct exchange *x, size_t i)
{
	const struct address *a = &x->dns->server[i];

	x->server[i].events = POLLIN;
	x->server[i].fd = socket(a->is.any.sa_family,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (x->server[i].fd < 0 ||
	    connect(x->server[i].fd, &a->is.any, a->size) != 0)
		give_up(x, i);
}

static void
transmit(struct exchange *x)
{
	for (size_t i = 0; i < x->dns->servers; i++)
		for (size_t j = 0; j < x->count; j++) {
			const struct query *q = &x->query[j];

			if (x->server[i].fd < 0 || x->question[j].done ||
			    (q->failed & 1U << i) != 0)
				continue;
			/* Nobody there: the answer to the packet before. */
			if (send(x->server[i].fd, q->packet, q->n,
			    MSG_NOSIGNAL) < 0 && errno != EAGAIN)
				give_up(x, i);
		}
}

/* The exchange proper over a connected stream: lengths go first. */
static enum answer_status
converse(int fd, const struct query *q, struct answer *a, int64_t deadline)
{
	unsigned char out[2 + QUERY_MAX], size[2];
	enum answer_status status = ANSWER_FAILED;
	char *packet;
	size_t n;

	out[0] = (unsigned char)(q->n >> 8);
	out[1] = (unsigned char)q->n;
	memcpy(out + 2, q->packet, q->n);
	if (wait_write(fd, out, q->n + 2, deadline) != 0 ||
	    wait_read(fd, size, 2, deadline) != 0)
		return ANSWER_FAILED;
	n = (size_t)size[0] << 8 | size[1];
	packet = malloc(n + 1);
	if (packet != NULL && wait_read(fd, packet, n, deadline) == 0)
		status = answer_parse(a, (struct str){ packet, n },
		    (struct str){ (const char *)q->packet, q->n });
	free(packet);
	return status == ANSWER_CUT || status == ANSWER_STRANGE ?
	    ANSWER_FAILED : status;
}

static enum answer_status
ask_over_tcp(const struct exchange *x, size_t server, const struct query *q,
    struct answer *a)
{
	const struct address *to = &x->dns->server[server];
	enum answer_status status = ANSWER_FAILED;
	/* Others may do better: one does not take up all of their time. */
	const int64_t deadline = x->dns->servers == 1 ? x->deadline :
	    clock_deadline(clock_left(x->deadline) / 2 + 1, x->deadline);
	int fd = socket(to->is.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return ANSWER_FAILED;
	error = wait_connect(fd, to);
	if (error == EINPROGRESS) {
		error = wait_for(fd, POLLOUT, deadline);
		if (error == 0)
			error = wait_result(fd);
	}
	if (error == 0)
		status = converse(fd, q, a, deadline);
	close(fd);
	/* Who has run out of time has not failed: it was short perhaps. */
	return status == ANSWER_FAILED && clock_left(deadline) == 0 ?
	    ANSWER_STRANGE : status;
}

/* One packet of a server, which may belong to any question. */
static void
hear(struct exchange *x, size_t server, struct str packet)
{
	for (size_t i = 0; i < x->count; i++) {
		struct query *q = &x->query[i];
		struct answer a;
		enum answer_status status;

		if (x->question[i].done)
			continue;
		status = answer_parse(&a, packet,
		    (struct str){ (const char *)q->packet, q->n });
		if (status == ANSWER_STRANGE)
			continue;
		if (status == ANSWER_CUT)
			status = ask_over_tcp(x, server, q, &a);
		if (status == ANSWER_FOUND)
			x->question[i].answer = a;
		settle(x, i, server, status);
		return;
	}
}

static void
receive(struct exchange *x, size_t server)
{
	char packet[UDP_MAX];
	/* One at a time: between two of them there is a look at the clock. */
	ssize_t n = recv(x->server[server].fd, packet, sizeof(packet), 0);

	if (n >= 0)
		hear(x, server, (struct str){ packet, (size_t)n });
	else if (errno != EAGAIN && errno != EINTR)
		give_up(x, server);
}

static bool
finished(const struct exchange *x)
{
	for (size_t i = 0; i < x->count; i++)
		if (!x->question[i].done)
			return false;
	return true;
}

/* Hears what is said until then; false when the questions have to end. */
static bool
listen_until(struct exchange *x, int64_t until)
{
	const size_t own = x->dns->servers, all = own + x->dns->besides;
	bool alone = true;

	for (size_t i = own; i < all; i++)
		x->server[i] = x->dns->beside[i - own];
	if (signals_poll(x->server, (nfds_t)all, until) < 0)
		return false;
	for (size_t i = 0; i < own; i++)
		if (x->server[i].revents != 0)
			receive(x, i);
	for (size_t i = own; i < all; i++)
		alone = alone && x->server[i].revents == 0;
	return alone;
}

void
dns_ask(const struct dns *d, struct dns_question *question, size_t count,
    int64_t deadline)
{
	struct exchange x = { .dns = d, .question = question, .count = count,
	    .deadline = clock_deadline(d->patience, deadline) };
	int64_t again = 0, gap = AGAIN_MS;

	for (size_t i = 0; i < count; i++)
		prepare(&x.query[i], &question[i]);
	for (size_t i = 0; i < d->servers; i++)
		open_server(&x, i);
	while (!finished(&x) && clock_left(x.deadline) > 0) {
		if (clock_left(again) == 0) {
			transmit(&x);
			again = clock_deadline(gap, CLOCK_NEVER);
			gap *= 2;
		}
		if (!listen_until(&x, again < x.deadline ? again : x.deadline))
			break;
	}
	for (size_t i = 0; i < d->servers; i++)
		if (x.server[i].fd >= 0)
			close(x.server[i].fd);
}

const char *
dns_reason(enum answer_status status)
{
	switch (status) {
	case ANSWER_NO_NAME:
		return "no such host";
	case ANSWER_EMPTY:
		return "the name has no address";
	case ANSWER_FAILED:
		return "name server failed";
	default:
		return "name server does not answer";
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * An SMTP server that costs next to nothing: what a benchmark of clients talks
 * to.  It believes everything, keeps nothing and answers with the fewest
 * system calls; eight processes share one socket.
 *
 *	sink PORT none|starttls|implicit KEYWORDS [CERT]
 *
 * KEYWORDS are what EHLO offers, with commas; CERT is certificate and key in
 * one PEM file.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <openssl/ssl.h>

enum { PROCESSES = 8, ROOM = 256 * 1024 };

struct peer {
	int	 fd;
	SSL	*ssl;
	size_t	 at, in_n, out_n;
	char	 in[ROOM], out[ROOM];
};

static SSL_CTX *context;
static const char *mode;
static char offer[2][1024];		/* before and after STARTTLS */

static void
flush(struct peer *p)
{
	size_t done = 0;

	while (done < p->out_n) {
		ssize_t n = p->ssl != NULL ?
		    SSL_write(p->ssl, p->out + done, (int)(p->out_n - done)) :
		    send(p->fd, p->out + done, p->out_n - done, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	p->out_n = 0;
}

/* Reads more, after all that is there has been dealt with. */
static bool
fill(struct peer *p)
{
	ssize_t n;

	if (p->at > 0) {
		p->in_n -= p->at;
		memmove(p->in, p->in + p->at, p->in_n);
		p->at = 0;
	}
	flush(p);
	if (p->in_n == ROOM)
		return false;
	n = p->ssl != NULL ?
	    SSL_read(p->ssl, p->in + p->in_n, (int)(ROOM - p->in_n)) :
	    recv(p->fd, p->in + p->in_n, ROOM - p->in_n, 0);
	if (n > 0)
		p->in_n += (size_t)n;
	return n > 0;
}

static void
say(struct peer *p, const char *text)
{
	size_t n = strlen(text);

	if (n > ROOM - p->out_n)
		flush(p);
	memcpy(p->out + p->out_n, text, n);
	p->out_n += n;
}

/* The next line, ended by a NUL, or NULL. */
static char *
line(struct peer *p)
{
	for (;;) {
		char *start = p->in + p->at;
		char *end = memchr(start, '\n', p->in_n - p->at);

		if (end != NULL) {
			*end = '\0';
			p->at = (size_t)(end + 1 - p->in);
			return start;
		}
		if (!fill(p))
			return NULL;
	}
}

/* Passes over n octets of a chunk. */
static bool
skip(struct peer *p, unsigned long long n)
{
	while (n > p->in_n - p->at) {
		n -= p->in_n - p->at;
		p->at = p->in_n;
		if (!fill(p))
			return false;
	}
	p->at += n;
	return true;
}

/* Passes over a message up to its final dot. */
static bool
text(struct peer *p)
{
	static const char end[] = "\r\n.\r\n";

	say(p, "354 go on\r\n");
	for (;;) {
		char *dot = memmem(p->in + p->at, p->in_n - p->at, end, 5);

		if (dot != NULL) {
			p->at = (size_t)(dot + 5 - p->in);
			return true;
		}
		if (p->in_n - p->at > 4)
			p->at = p->in_n - 4;
		if (!fill(p))
			return false;
	}
}

static bool
secure(struct peer *p)
{
	flush(p);
	p->ssl = SSL_new(context);
	SSL_set_fd(p->ssl, p->fd);
	return SSL_accept(p->ssl) == 1;
}

/* AUTH, with as many questions as the mechanism has. */
static bool
login(struct peer *p, const char *argument)
{
	int questions = strncasecmp(argument, "LOGIN", 5) == 0 ? 2 : 1;

	questions -= strchr(argument, ' ') != NULL;
	while (questions-- > 0) {
		say(p, "334 UGFzc3dvcmQ6\r\n");
		if (line(p) == NULL)
			return false;
	}
	say(p, "235 2.7.0 ok\r\n");
	return true;
}

static void
session(struct peer *p)
{
	char *l;

	if (strcmp(mode, "implicit") == 0 && !secure(p))
		return;
	say(p, "220 sink ESMTP\r\n");
	while ((l = line(p)) != NULL) {
		if (strncasecmp(l, "EHLO", 4) == 0)
			say(p, offer[p->ssl != NULL]);
		else if (strncasecmp(l, "AUTH ", 5) == 0) {
			if (!login(p, l + 5))
				break;
		} else if (strncasecmp(l, "DATA", 4) == 0) {
			if (!text(p))
				break;
			say(p, "250 2.0.0 ok\r\n");
		} else if (strncasecmp(l, "BDAT ", 5) == 0) {
			if (!skip(p, strtoull(l + 5, NULL, 10)))
				break;
			say(p, "250 2.0.0 ok\r\n");
		} else if (strncasecmp(l, "STARTTLS", 8) == 0) {
			say(p, "220 2.0.0 go\r\n");
			if (!secure(p))
				break;
		} else if (strncasecmp(l, "QUIT", 4) == 0) {
			say(p, "221 2.0.0 bye\r\n");
			flush(p);
			break;
		} else
			say(p, "250 2.1.0 ok\r\n");
	}
}

static void
serve(int listener)
{
	static struct peer p;
	const int on = 1;

	for (;;) {
		p.fd = accept(listener, NULL, NULL);
		if (p.fd < 0)
			continue;
		p.ssl = NULL;
		p.at = p.in_n = p.out_n = 0;
		(void)setsockopt(p.fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof(on));
		session(&p);
		SSL_free(p.ssl);
		close(p.fd);
	}
}

/* The reply to EHLO, from words with commas between them. */
static void
prepare(char *reply, size_t size, const char *words, const char *more)
{
	size_t n = (size_t)snprintf(reply, size, "250-sink\r\n250-");

	for (; *words != '\0'; words++)
		n += (size_t)snprintf(reply + n, size - n, *words == ',' ?
		    "\r\n250-" : "%c", *words);
	(void)snprintf(reply + n, size - n, "\r\n250 %s\r\n", more);
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	const int on = 1;
	int listener = socket(AF_INET6, SOCK_STREAM, 0);

	if (argc < 4)
		return 64;
	any.sin6_port = htons((unsigned short)atoi(argv[1]));
	mode = argv[2];
	prepare(offer[0], sizeof(offer[0]), argv[3],
	    strcmp(mode, "starttls") == 0 ? "STARTTLS" : "AUTH PLAIN LOGIN");
	prepare(offer[1], sizeof(offer[1]), argv[3], "AUTH PLAIN LOGIN");
	if (argc > 4) {
		context = SSL_CTX_new(TLS_server_method());
		if (SSL_CTX_use_certificate_chain_file(context, argv[4]) != 1 ||
		    SSL_CTX_use_PrivateKey_file(context, argv[4],
		    SSL_FILETYPE_PEM) != 1)
			return 1;
		SSL_CTX_set_num_tickets(context, 0);
	}
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) != 0 ||
	    listen(listener, 512) != 0) {
		perror("sink");
		return 1;
	}
	for (int i = 1; i < PROCESSES; i++)
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			break;
		}
	serve(listener);
}

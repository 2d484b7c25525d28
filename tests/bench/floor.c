/* SPDX-License-Identifier: ISC */
/*
 * The least a client can do: it writes prepared bytes, in as few flights as
 * the protocol allows, and checks nothing but the reply to the message.
 *
 *	floor PORT RCPTS [CA] <MESSAGE
 *
 * With a CA file it speaks TLS from the first byte, verified, and AUTH PLAIN.
 * Built with -DTLS against OpenSSL, without it as a static program.  A message
 * from a file goes to the socket as it is read: the copy over loopback that
 * throughput is measured against.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef TLS
#include <openssl/ssl.h>
static SSL *ssl;
#endif

enum { ROOM = 128 * 1024 };

static int fd;
static char buf[ROOM];		/* .bss: what is not touched is free */

static void
put(const char *p, size_t n)
{
	while (n > 0) {
#ifdef TLS
		ssize_t done = ssl != NULL ? SSL_write(ssl, p, (int)n) :
		    write(fd, p, n);
#else
		ssize_t done = write(fd, p, n);
#endif
		if (done <= 0)
			_exit(69);
		p += done;
		n -= (size_t)done;
	}
}

/* Reads until this has come. */
static void
await(const char *text)
{
	size_t n = 0;

	do {
#ifdef TLS
		ssize_t got = ssl != NULL ? SSL_read(ssl, buf + n,
		    (int)(sizeof(buf) - 1 - n)) :
		    read(fd, buf + n, sizeof(buf) - 1 - n);
#else
		ssize_t got = read(fd, buf + n, sizeof(buf) - 1 - n);
#endif
		if (got <= 0)
			_exit(69);
		n += (size_t)got;
		buf[n] = '\0';
		got = strstr(buf, text) != NULL;
		/* Replies to many recipients: only the end may be of use. */
		if (n > 8) {
			memmove(buf, buf + n - 8, 8);
			n = 8;
		}
		if (got)
			return;
	} while (1);
}

static void
secure(const char *ca)
{
#ifdef TLS
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());

	if (SSL_CTX_load_verify_locations(c, ca, NULL) != 1)
		_exit(78);
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
	ssl = SSL_new(c);
	SSL_set_fd(ssl, fd);
	SSL_set1_host(ssl, "localhost");
	if (SSL_connect(ssl) != 1)
		_exit(69);
#else
	(void)ca;
	_exit(64);
#endif
}

/* All that comes before the message. */
static size_t
prepare(int rcpts, int tls, unsigned long long size)
{
	size_t n = (size_t)snprintf(buf, sizeof(buf), "%sMAIL FROM:<k@a.b>\r\n",
	    tls ? "AUTH PLAIN AGtpdABvcGVuIHNlc2FtZQ==\r\n" : "");

	for (int i = 0; i < rcpts; i++) {
		if (n > sizeof(buf) - 100) {
			put(buf, n);
			n = 0;
		}
		n += (size_t)snprintf(buf + n, sizeof(buf) - n,
		    "RCPT TO:<r%d@example.net>\r\n", i);
	}
	n += (size_t)snprintf(buf + n, sizeof(buf) - n, "BDAT %llu LAST\r\n",
	    size);
	return n;
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int on = 1;
	struct stat st;
	ssize_t got;
	size_t n;

	if (argc < 3 || fstat(STDIN_FILENO, &st) != 0)
		return 64;
	to.sin_port = htons((unsigned short)atoi(argv[1]));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return 69;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (argc > 3)
		secure(argv[3]);
	await("220 ");
	put("EHLO me\r\n", 9);
	await("250 ");
	n = prepare(atoi(argv[2]), argc > 3, (unsigned long long)st.st_size);
	while ((got = read(STDIN_FILENO, buf + n, sizeof(buf) - 8 - n)) > 0) {
		n += (size_t)got;
		if (n >= sizeof(buf) - 8) {
			put(buf, n);
			n = 0;
		}
	}
	memcpy(buf + n, "QUIT\r\n", 6);
	put(buf, n + 6);
	await("221 ");
	return 0;
}

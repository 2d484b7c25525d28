/* SPDX-License-Identifier: ISC */
/*
 * Configurations of other programs.  The first octet says whose the rest is.
 * What comes out is lines of text: comments, or a word and a value.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import/import.h"

int LLVMFuzzerInitialize(int *, char ***);
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What the inputs call /proc/self/fd/100: logins, and pairs of addresses. */
enum { OTHER = 100 };

static char dir[] = "/tmp/fuzz-import.XXXXXX", path[64];

/* Files that are looked for beside the one that is read. */
static const struct { const char *name, *text; } beside[] = {
	{ "revaliases", "# x\nroot:a@example.org:hub.example:25\nb:c\nd\n" },
	{ "passwd.client", "x\n*.example.com:me:secret\na:you:secret\n" },
	{ "me", "h.example.com\n" }, { "adminaddr", "# x\n\na@example.org\n" },
	{ "sendtimeout", "0\n" }, { "helohost", "h.example.com\n" },
};

static void
clean(void)
{
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir,
		    beside[i].name);
		(void)unlink(path);
	}
	(void)rmdir(dir);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char text[] = "me|a:secret\n# x\n[a]:25 you:secret\n"
	    "a kit:secret\n@example.org [b]:submission\nkit @example.net\n";
	int fd = memfd_create("other", 0);

	(void)argc;
	(void)argv;
	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0 ||
	    dup2(fd, OTHER) < 0 || mkdtemp(dir) == NULL)
		abort();
	(void)atexit(clean);
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir,
		    beside[i].name);
		fd = open(path, O_WRONLY | O_CREAT, 0600);
		if (fd < 0 || write(fd, beside[i].text,
		    strlen(beside[i].text)) < 0)
			abort();
		(void)close(fd);
	}
	(void)snprintf(path, sizeof(path), "%s/remotes", dir);
	return 0;
}

static void
check(struct str s)
{
	struct str line;

	while (str_cut(&s, '\n', &line)) {
		for (size_t i = 0; i < line.n; i++)
			if ((unsigned char)line.p[i] < ' ' || line.p[i] == 127)
				abort();
		if (line.n > 0 && line.p[0] != '#' &&
		    memchr(line.p, ' ', line.n) == NULL)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static import_reader *const readers[] = { import_msmtp, import_ssmtp,
	    import_nullmailer, import_dma, import_esmtp, import_postfix,
	    import_exim };
	struct import im = { .path = path };
	struct fault f;

	if (size == 0)
		return 0;
	im.fault = &f;
	buf_init(&im.global, 1 << 24);
	buf_init(&im.relays, 1 << 24);
	if (readers[data[0] % 7](&im, (struct str){ (const char *)data + 1,
	    size - 1 }) == 0 && !im.global.failed && !im.relays.failed) {
		check(buf_view(&im.global));
		check(buf_view(&im.relays));
	}
	buf_free(&im.global);
	buf_free(&im.relays);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Signing.  The first octet says which canonical forms and fields hold, the
 * rest is a message.  What comes out must be whole fields of lines that may be
 * sent, and the same whichever way the mail is read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/dkim.h"
#include "mail/header.h"
#include "mail/intake.h"
#include "mail/mail.h"

int LLVMFuzzerInitialize(int *, char ***);
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct dkim dkim;

static void
need(bool what)
{
	if (!what)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[] = "/tmp/fuzz-dkim.XXXXXX", value[256];
	int fd = mkstemp(path);
	struct fault f;

	(void)argc;
	(void)argv;
	need(fd >= 0 && dprintf(fd,
	    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n") > 0);
	(void)close(fd);
	STAILQ_INIT(&dkim.signers);
	(void)snprintf(value, sizeof(value), "example.org s1 %s "
	    "sub.example.org s2 %s", path, path);
	need(signers_load(&dkim.signers, str_of(value), &f) == 0);
	(void)unlink(path);
	return 0;
}

static void
check(struct str fields)
{
	struct field field;
	struct str rest = fields, line;

	while (header_next(&rest, &field))
		need(header_is(&field, "DKIM-Signature"));
	while (fields.n > 0 && str_cut(&fields, '\n', &line) &&
	    (line.n > 0 || fields.p != NULL)) {
		need(line.n > 1 && line.n <= MESSAGE_LINE_MAX + 1);
		need(line.p[line.n - 1] == '\r');
		for (size_t i = 0; i + 1 < line.n; i++)
			need(line.p[i] == '\t' || (line.p[i] >= ' ' &&
			    line.p[i] <= '~'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lists[] = { NULL, "Subject+ To x-a+ x-a" };
	struct message_limits limits = { .dots = true };
	struct buf once, again;
	struct intake in;
	struct mail m;
	struct fault f;

	if (size == 0)
		return 0;
	dkim.form = data[0] & 3;
	dkim.headers = (char *)(uintptr_t)lists[data[0] >> 2 & 1];
	mail_init(&m);
	buf_init(&once, 1 << 20);
	buf_init(&again, 1 << 20);
	intake_start(&in, &m.message, &limits, &f);
	if (intake_take(&in, (struct str){ (const char *)data + 1,
	    size - 1 }) == 0 && intake_end(&in) == 0 &&
	    buf_puts(&m.message.header, "\r\n") == 0 &&
	    mail_keep_header(&m, &f) == 0) {
		int status = dkim_sign(&once, &m, &dkim, 1700000000, &f);

		need(status == 0 || f.code == EX_DATAERR);
		need(dkim_sign(&again, &m, &dkim, 1700000000, &f) == status);
		need(status != 0 || str_eq(buf_view(&once), buf_view(&again)));
		if (status == 0)
			check(buf_view(&once));
	}
	buf_free(&once);
	buf_free(&again);
	mail_free(&m);
	return 0;
}

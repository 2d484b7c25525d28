/* SPDX-License-Identifier: ISC */
/*
 * --import: finds the configuration of another program and knows whose it is
 * by what stands in it.  What the readers have in common: lines, relays, and
 * passwords, which are never shown.
 */
#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bsd/stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "import/import.h"

enum { FILE_MAX = 1024 * 1024, OUT_MAX = 4 * 1024 * 1024, TEXT_MAX = 4096 };

/* A program's usual file, and words at the start of lines it must have. */
static const struct program {
	const char	*name, *path;
	const char	*words;		/* of lines, in lower case */
	import_reader	*read;
} programs[] = {
	{ "msmtp", "/etc/msmtprc", "account defaults host tls", import_msmtp },
	{ "ssmtp", "/etc/ssmtp/ssmtp.conf", "mailhub rewritedomain "
	    "fromlineoverride", import_ssmtp },
	{ "nullmailer", "/etc/nullmailer/remotes", "", import_nullmailer },
	{ "dma", "/etc/dma/dma.conf", "smarthost authpath securetransfer "
	    "mailname spooldir masquerade", import_dma },
	{ "esmtp", "/etc/esmtprc", "hostname identity mda starttls username",
	    import_esmtp },
	{ "Exim", "/etc/exim4/update-exim4.conf.conf",
	    "dc_eximconfig_configtype dc_smarthost", import_exim },
	{ "Postfix", "/etc/postfix/main.cf", "relayhost mydestination "
	    "myhostname compatibility_level smtp_tls_security_level",
	    import_postfix },
};

bool
import_next(struct str *rest, struct import_line *line)
{
	while (str_cut(rest, '\n', &line->text)) {
		line->number++;
		line->text = str_trim(line->text);
		if (line->text.n > 0 && line->text.p[0] != '#')
			return true;
	}
	return false;
}

static struct str
unquote(struct str s)
{
	if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') &&
	    s.p[s.n - 1] == s.p[0])
		return (struct str){ s.p + 1, s.n - 2 };
	return s;
}

void
import_pair(struct str line, struct str *key, struct str *value)
{
	size_t n = 0;

	*key = *value = (struct str){ NULL, 0 };
	if (line.n == 0)
		return;
	while (n < line.n && line.p[n] != '=' &&
	    !isspace((unsigned char)line.p[n]))
		n++;
	*key = (struct str){ line.p, n };
	*value = str_trim((struct str){ line.p + n, line.n - n });
	if (value->n > 0 && value->p[0] == '=')
		*value = str_trim((struct str){ value->p + 1, value->n - 1 });
	*value = unquote(*value);
}

/* Adds text; no control character gets through. */
static void
put(struct buf *b, struct str text, bool quoted)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (quoted && (c == '"' || c == '\\'))
			(void)buf_char(b, '\\');
		(void)buf_char(b, iscntrl((unsigned char)c) ? ' ' : c);
	}
}

void
import_set(struct buf *b, const char *keyword, struct str value)
{
	bool quote = value.n > 0 && (value.p[0] == '"' || value.p[0] == '#' ||
	    memchr(value.p, ' ', value.n) != NULL ||
	    memchr(value.p, '\t', value.n) != NULL);

	if (value.n == 0)
		return;
	(void)buf_fmt(b, "%s %s", keyword, quote ? "\"" : "");
	put(b, value, quote);
	(void)buf_puts(b, quote ? "\"\n" : "\n");
}

void
import_fmt(struct buf *b, const char *keyword, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	(void)buf_fmt(b, "%s ", keyword);
	put(b, str_of(text), false);
	(void)buf_char(b, '\n');
}

void
import_note(struct buf *b, const char *format, ...)
{
	char text[TEXT_MAX], plain[TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	str_escape(plain, sizeof(plain), str_of(text));
	(void)buf_fmt(b, "# %s\n", plain);
}

void
import_secret(struct import *im, const char *path, unsigned line)
{
	char name[64] = "/etc/sendlet.password";

	if (im->secrets++ > 0)
		(void)snprintf(name, sizeof(name), "/etc/sendlet.password.%u",
		    im->secrets);
	if (line > 0)
		import_note(&im->relays, "Put the password from %s, line %u, "
		    "alone into this file:", path, line);
	else
		import_note(&im->relays, "Put the password, which is not in "
		    "%s, alone into this file:", path);
	import_fmt(&im->relays, "password", "file:%s", name);
}

uint16_t
import_port(struct str s)
{
	unsigned long n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!isdigit((unsigned char)s.p[i]) || n > UINT16_MAX)
			return 0;
		n = n * 10 + (unsigned long)(s.p[i] - '0');
	}
	return n > UINT16_MAX ? 0 : (uint16_t)n;
}

bool
import_yes(struct str s)
{
	return str_ieq(s, STR("yes")) || str_ieq(s, STR("on")) ||
	    str_ieq(s, STR("true")) || str_ieq(s, STR("1")) ||
	    str_ieq(s, STR("enabled"));
}

/* The kind of URL, and the port it means. */
static const char *
scheme(const struct import_relay *r, uint16_t *usual)
{
	*usual = 25;
	if (r->lmtp) {
		*usual = 0;
		return "lmtp";
	}
	if (r->mx)
		return "mx";
	if (r->tls == IMPORT_TLS) {
		*usual = 465;
		return "submissions";
	}
	if (r->tls == IMPORT_CLEAR)
		return "smtp+notls";
	if (r->tls == IMPORT_OFFERED && !r->login)
		return "smtp";
	if (r->port == 25 || r->port == 0)
		return "smtp+tls";
	*usual = 587;
	return "submission";
}

void
import_relay(struct import *im, const struct import_relay *r)
{
	struct str host = r->host;
	char port[8] = "";
	uint16_t usual;
	const char *kind = scheme(r, &usual);
	bool six;

	(void)buf_char(&im->relays, '\n');
	if (r->host.n == 0) {
		import_note(&im->relays, "A relay without a name.");
		return;
	}
	if (r->host.p[0] == '/') {
		import_fmt(&im->relays, "relay", "%s:%.*s", r->lmtp ? "lmtp" :
		    "smtp", STR_ARG(r->host));
		return;
	}
	if (r->login && r->tls == IMPORT_OFFERED)
		import_note(&im->relays, "TLS is required now: a password goes "
		    "over verified TLS only.");
	else if (r->mx && r->login)
		import_note(&im->relays, "TLS is not required for mx://, and "
		    "the password stays unused: name the host instead.");
	if (r->port != 0 && r->port != usual)
		(void)snprintf(port, sizeof(port), ":%u", r->port);
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = (struct str){ host.p + 1, host.n - 2 };
	six = memchr(host.p, ':', host.n) != NULL;
	import_fmt(&im->relays, "relay", "%s://%s%.*s%s%s", kind,
	    six ? "[" : "", STR_ARG(host), six ? "]" : "", port);
	if (r->login && r->tls == IMPORT_CLEAR) {
		import_note(&im->relays, "The password goes in clear text, as "
		    "before.");
		import_set(&im->relays, "auth-without-tls", STR("yes"));
	}
}

/* Appends the text of a file.  EX_NOINPUT, EX_NOPERM, EX_CONFIG, EX_OSERR. */
static int
read_file(const char *path, struct buf *b, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	ssize_t n = -1;
	char *room;

	if (fd < 0)
		return fault_errno(f, errno == EACCES ? EX_NOPERM : EX_NOINPUT,
		    errno, "%s", path);
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return fault(f, EX_CONFIG, "%s: is no regular file", path);
	}
	while ((room = buf_room(b, 4096)) != NULL &&
	    (n = read(fd, room, 4096)) > 0)
		b->n += (size_t)n;
	(void)close(fd);
	if (room == NULL)
		return fault(f, EX_CONFIG, "%s: too large", path);
	return n == 0 ? 0 : fault_errno(f, EX_OSERR, errno, "%s", path);
}

bool
import_file(struct import *im, const char *path, struct buf *text)
{
	struct fault why;

	if (read_file(path, text, &why) == 0)
		return true;
	if (why.code != EX_NOINPUT)
		import_note(&im->global, "Not read: %s", why.text);
	buf_clear(text);
	return false;
}

struct str
import_first(struct import *im, const char *path, struct buf *text)
{
	struct import_line line = { .number = 0 };
	struct str rest;

	buf_clear(text);
	if (!import_file(im, path, text))
		return (struct str){ NULL, 0 };
	rest = buf_view(text);
	return import_next(&rest, &line) ? line.text : (struct str){ NULL, 0 };
}

void
import_name(struct import *im, const char *keyword, struct str name)
{
	char path[PATH_MAX];
	struct buf text;

	if (name.n == 0 || name.p[0] != '/') {
		import_set(&im->global, keyword, name);
		return;
	}
	(void)snprintf(path, sizeof(path), "%.*s", STR_ARG(name));
	buf_init(&text, FILE_MAX);
	import_set(&im->global, keyword, import_first(im, path, &text));
	buf_free(&text);
}

/* How many lines of the text start with one of the words. */
static unsigned
likeness(struct str text, const char *words)
{
	struct import_line line = { .number = 0 };
	struct str key, value, rest, word;
	unsigned count = 0;

	while (import_next(&text, &line)) {
		import_pair(line.text, &key, &value);
		rest = str_of(words);
		while (str_word(&rest, &word))
			count += str_ieq(key, word);
	}
	return count;
}

/* Whose file it is, by its name, else by its words; NULL: nobody's. */
static const struct program *
whose(const char *path, struct str text)
{
	const struct program *best = NULL;
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	unsigned most = 0;

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const struct program *p = &programs[i];
		unsigned count = likeness(text, p->words);

		if (strcmp(base + (base[0] == '.'), strrchr(p->path, '/') +
		    1) == 0)
			return p;
		if (count > most) {
			best = p;
			most = count;
		}
	}
	return best;
}

/* A directory is nullmailer's. */
static int
open_path(struct import *im, const char *path, struct buf *text,
    const struct program **program)
{
	char remotes[PATH_MAX];
	struct stat st;
	int status;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		(void)snprintf(remotes, sizeof(remotes), "%s/remotes", path);
		*program = &programs[2];
		return read_file(remotes, text, im->fault);
	}
	status = read_file(path, text, im->fault);
	if (status != 0)
		return -1;
	*program = whose(path, buf_view(text));
	return *program != NULL ? 0 : fault(im->fault, EX_CONFIG, "%s: not the "
	    "configuration of msmtp, ssmtp, nullmailer, dma, esmtp, Exim or "
	    "Postfix", path);
}

/* The first file of all that is there. */
static const char *
find(struct buf *home)
{
	const char *dir = getenv("HOME");

	if (dir != NULL && dir[0] == '/') {
		(void)buf_fmt(home, "%s/.msmtprc", dir);
		if (buf_cstr(home) != NULL && access(home->p, R_OK) == 0)
			return home->p;
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (access(programs[i].path, R_OK) == 0)
			return programs[i].path;
	return NULL;
}

static int
print(const struct import *im, const char *program)
{
	char path[PATH_MAX];

	str_escape(path, sizeof(path), str_of(im->path));
	(void)printf("# What %s says for %s.\n%s", path, program,
	    im->global.n > 0 ? "\n" : "");
	(void)fwrite(im->global.p, 1, im->global.n, stdout);
	(void)fwrite(im->relays.p, 1, im->relays.n, stdout);
	if (fflush(stdout) != 0)
		return fault_errno(im->fault, EX_IOERR, errno, "output");
	return 0;
}

int
import(const char *path, struct fault *f)
{
	const struct program *program = NULL;
	struct import im = { .fault = f };
	struct buf text, home;
	int status = -1;

	buf_init(&text, FILE_MAX);
	buf_init(&home, PATH_MAX);
	buf_init(&im.global, OUT_MAX);
	buf_init(&im.relays, OUT_MAX);
	im.path = path != NULL ? path : find(&home);
	if (im.path == NULL)
		(void)fault(f, EX_NOINPUT, "--import: no configuration of "
		    "another program found (name its file)");
	else if (open_path(&im, im.path, &text, &program) == 0 &&
	    program->read(&im, buf_view(&text)) == 0)
		status = im.global.failed || im.relays.failed ?
		    fault(f, EX_OSERR, "out of memory") :
		    print(&im, program->name);
	buf_free(&text);
	buf_free(&home);
	buf_free(&im.global);
	buf_free(&im.relays);
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * The order of things.  submit() is the program: a message goes down a
 * straight line from standard input to the relay, and what became of each
 * recipient comes back as the exit status.  Only this file ends the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "base/clock.h"
#include "base/host.h"
#include "base/log.h"
#include "base/process.h"
#include "config/conf.h"
#include "config/secret.h"
#include "delivery/deliver.h"
#include "delivery/result.h"
#include "mail/mail.h"
#include "net/tls.h"

/* Who we are, once for the whole run. */
struct self {
	char		 host[HOST_NAME_SIZE];
	bool		 qualified;	/* host has a dot */
	const char	*domain;
	struct host_user user;
	bool		 known;		/* user has been looked up */
};

/* Prints a fault in the one form all messages have. */
static int
complain(const struct fault *f)
{
	(void)fprintf(stderr, "sendlet: %s\n", f->text);
	return f->code;
}

static int
help(void)
{
	(void)printf("usage: sendmail [-itv] [-F name] [-f sender] "
	    "[recipient ...]\n\nOptions of sendmail:\n");
	for (const struct option_row *row = option_table; row->letter != 0;
	    row++)
		(void)printf("  -%c%s\t%s\n", row->letter, row->takes == 0 ?
		    "\t" : row->takes == ':' ? " value" : "[value]",
		    row->help);
	(void)printf("\nOptions of sendlet:\n"
	    "  --config file\tread this configuration\n"
	    "  --dry-run\tprint envelope and header, send nothing\n"
	    "  --help\tprint this text\n"
	    "  --version\tprint the versions of program and libraries\n");
	return EX_OK;
}

static int
version(void)
{
	(void)printf("sendlet %s\n%s\nlibbsd %s\nlibmd %s\n", VERSION,
	    tls_version(), LIBBSD_VERSION, LIBMD_VERSION);
	return EX_OK;
}

static void
know_host(struct self *self, const struct conf *conf)
{
	if (conf->hostname == NULL)
		self->qualified = host_name(self->host);
	else {
		self->qualified = strchr(conf->hostname, '.') != NULL;
		(void)snprintf(self->host, sizeof(self->host), "%s",
		    conf->hostname);
	}
	self->domain = conf->domain != NULL ? conf->domain : self->host;
}

static const struct host_user *
know_user(struct self *self)
{
	if (!self->known)
		host_user(&self->user);
	self->known = true;
	return &self->user;
}

/* Reads the settings; every error in them is printed. */
static int
configure(struct conf *conf, const struct args *args, struct fault *f)
{
	const struct conf_source source = { .file = args->config };
	struct relay *relay;
	struct buf errors;
	int status;

	buf_init(&errors, 256 * 1024);
	status = conf_load(conf, &source, &errors, f);
	if (errors.n > 0)
		(void)fwrite(errors.p, 1, errors.n, stderr);
	buf_free(&errors);
	if (status != 0)
		return -1;
	STAILQ_FOREACH(relay, &conf->relays, next)
		if (relay->password != NULL &&
		    secret_load(relay->password, &relay->secret, f) != 0)
			return -1;
	log_open(conf->log, args->program);
	return 0;
}

/* -F, else what the environment or the passwd file says of the user. */
static const char *
full_name(const struct args *args, const struct conf *conf, struct self *self)
{
	const char *name = getenv("NAME");

	if (args->name != NULL)
		return args->name;
	/* Another sender's address must not carry this user's name. */
	if (args->sender != NULL || conf->from != NULL)
		return NULL;
	return name != NULL ? name : know_user(self)->name;
}

static int
address(struct mail *m, const struct args *args, const struct conf *conf,
    struct self *self, struct fault *f)
{
	const struct qualifier q = { .domain = self->domain,
	    .root = conf->root };
	const char *sender = args->sender != NULL ? args->sender :
	    conf->from != NULL ? conf->from : know_user(self)->login;

	if (envelope_sender(&m->envelope, str_of(sender), &q, f) != 0)
		return -1;
	for (int i = 0; i < args->count; i++)
		if (envelope_add(&m->envelope, str_of(args->rcpt[i]),
		    &q, f) != 0)
			return -1;
	if (args->from_header && envelope_from_header(&m->envelope,
	    buf_view(&m->message.header), &q, f) != 0)
		return -1;
	if (m->envelope.count == 0)
		return fault(f, EX_DATAERR, "message: no recipient: "
		    "it has no To, Cc or Bcc address");
	return 0;
}

/* Lays the header out as it will leave. */
static int
rewrite(struct mail *m, const struct args *args, const struct conf *conf,
    struct self *self, struct fault *f)
{
	char from[HOST_LOGIN_SIZE + HOST_NAME_SIZE + 2];
	struct identity id = { .domain = self->domain, .hostname = self->host,
	    .name = full_name(args, conf, self), .now = time(NULL) };

	id.address = m->envelope.sender;
	if (id.address[0] == '\0') {
		(void)snprintf(from, sizeof(from), "%s@%s",
		    know_user(self)->login, self->domain);
		id.address = conf->from != NULL ? conf->from : from;
	}
	if (m->message.long_line > 0)
		return fault(f, EX_DATAERR, "message: line %llu: %llu octets "
		    "long, 998 are allowed (RFC 5322 section 2.1.1)",
		    (unsigned long long)m->message.long_line,
		    (unsigned long long)m->message.long_length);
	return rewrite_header(&m->header, &m->message, &id, f);
}

/* --dry-run: what would be sent to whom; returns the exit status. */
static int
show(const struct mail *m)
{
	int code = EX_OK;

	(void)printf("from <%s>\n", m->envelope.sender);
	for (size_t i = 0; i < m->envelope.count; i++) {
		const struct rcpt *rcpt = &m->envelope.rcpt[i];

		if (rcpt_open(rcpt)) {
			(void)printf("to <%s>\n", rcpt->address);
			continue;
		}
		(void)printf("not to <%s>: %s\n", rcpt->address, rcpt->reply);
		code = result_worse(code, rcpt->code);
	}
	(void)putchar('\n');
	for (size_t i = 0; i < m->header.count; i++)
		(void)fwrite(m->header.piece[i].text.p, 1,
		    m->header.piece[i].text.n, stdout);
	return code;
}

/* Takes one message from standard input to the relay. */
static int
submit(const struct args *args, const struct conf *conf)
{
	const struct message_limits limits = { .dots = args->dots,
	    .size = conf->max_message_size };
	struct self self = { 0 };
	struct courier courier = { .conf = conf, .trace = args->verbose };
	int64_t started = clock_ms();
	struct mail mail;
	struct fault f;
	int code;

	mail_init(&mail);
	know_host(&self, conf);
	courier.hostname = self.qualified ? self.host : NULL;
	if (message_read(&mail.message, STDIN_FILENO, &limits, &f) != 0 ||
	    address(&mail, args, conf, &self, &f) != 0 ||
	    rewrite(&mail, args, conf, &self, &f) != 0) {
		code = complain(&f);
		log_line(true, "status=rejected (%s)", f.text);
	} else if (args->dry_run) {
		code = show(&mail);
	} else {
		deliver(&courier, &mail);
		courier_rest(&courier);
		result_report(&mail, started);
		code = result_code(&mail.envelope);
	}
	mail_free(&mail);
	return code;
}

static int
send(const struct args *args)
{
	struct conf conf;
	struct fault f;
	int code;

	if (args->count == 0 && !args->from_header) {
		(void)fault(&f, EX_USAGE, "no recipient: give addresses, or "
		    "-t to take them from the header");
		return complain(&f);
	}
	if (configure(&conf, args, &f) != 0)
		code = complain(&f);
	else
		code = submit(args, &conf);
	conf_free(&conf);
	return code;
}

int
main(int argc, char *argv[])
{
	struct args args;
	struct fault f;

	process_prepare();
	if (args_parse(&args, argc, argv, &f) != 0)
		return complain(&f);
	switch (args.mode) {
	case MODE_HELP:
		return help();
	case MODE_VERSION:
		return version();
	case MODE_SEND:
		return send(&args);
	default:
		(void)fault(&f, EX_USAGE, "%s: not supported", args.program);
		return complain(&f);
	}
}

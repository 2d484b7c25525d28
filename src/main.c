/* SPDX-License-Identifier: ISC */
/*
 * The order of things.  submit() is the program: a message goes down a
 * straight line from standard input to the relay, and what became of each
 * recipient comes back as the exit status.  Only this file ends the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aliasing.h"
#include "args.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "config/conf.h"
#include "config/secret.h"
#include "delivery/deliver.h"
#include "delivery/result.h"
#include "mail/mail.h"
#include "net/tls.h"
#include "self.h"
#include "serve.h"
#include "verify.h"

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
	(void)printf("sendlet %s\n%s\nlibbsd %s\nlibmd %s\n", SENDLET_VERSION,
	    tls_version(), LIBBSD_VERSION, LIBMD_VERSION);
	return EX_OK;
}

/* Reads the settings; every error in them is printed. */
static int
configure(struct conf *conf, const struct args *args, struct fault *f)
{
	const bool alone = args->mode == MODE_ALIASES;
	const struct conf_source source = { .file = args->config,
	    .alone = alone };
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
		if (!alone && relay->password != NULL &&
		    secret_load(relay->password, &relay->secret, f) != 0)
			return -1;
	log_open(conf->log, args->program);
	return 0;
}

static int
address(struct mail *m, const struct args *args, const struct qualifier *q,
    struct self *self, struct fault *f)
{
	if (envelope_sender(&m->envelope, str_of(self_sender(self)), q,
	    f) != 0)
		return -1;
	for (int i = 0; i < args->count; i++)
		if (envelope_add(&m->envelope, str_of(args->rcpt[i]),
		    q, f) != 0)
			return -1;
	if (args->from_header && envelope_from_header(&m->envelope,
	    buf_view(&m->message.header), q, f) != 0)
		return -1;
	if (m->envelope.count == 0)
		return fault(f, EX_DATAERR, "message: no recipient: "
		    "it has no To, Cc or Bcc address");
	return 0;
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

/* The results of a delivery, for everybody concerned. */
static int
tell(const struct mail *m, struct aliasing *aliasing, int64_t started)
{
	int code = result_code(&m->envelope);

	result_log(m, started);
	result_complain(m);
	if (code != EX_OK)
		aliasing_complain(aliasing);
	return code;
}

/* Takes one message from standard input to the relay. */
static int
submit(const struct args *args, const struct conf *conf)
{
	const struct message_limits limits = { .dots = args->dots,
	    .size = conf->max_message_size };
	struct self self;
	struct aliasing aliasing;
	struct courier courier = { .conf = conf, .trace = args->verbose,
	    .last = true };
	int64_t started = clock_ms();
	struct mail mail;
	struct fault f;
	int code;

	mail_init(&mail);
	self_know(&self, args, conf);
	aliasing_open(&aliasing, args, conf, self.domain);
	courier.hostname = self_ehlo(&self);
	if (message_read(&mail.message, STDIN_FILENO, &limits, &f) != 0 ||
	    address(&mail, args, &aliasing.qualifier, &self, &f) != 0 ||
	    self_rewrite(&self, &mail, &f) != 0) {
		code = complain(&f);
		log_line(true, "status=rejected (%s)", f.text);
	} else if (args->dry_run) {
		code = show(&mail);
	} else {
		deliver(&courier, &mail);
		courier_rest(&courier);
		code = tell(&mail, &aliasing, started);
	}
	aliasing_log(&aliasing);
	aliasing_close(&aliasing);
	mail_free(&mail);
	return code;
}

/* Everything that needs the configuration. */
static int
work(const struct args *args)
{
	struct conf conf;
	struct fault f;
	int code;

	if (configure(&conf, args, &f) != 0)
		code = complain(&f);
	else if (args->mode == MODE_SERVE)
		code = serve(args, &conf, &f) == 0 ? EX_OK : complain(&f);
	else if (args->mode == MODE_VERIFY)
		code = verify(args, &conf, &f) == 0 ? f.code : complain(&f);
	else if (args->mode == MODE_ALIASES)
		code = aliasing_check(&conf);
	else
		code = submit(args, &conf);
	conf_free(&conf);
	return code;
}

/* What can be known to be missing before anything is read. */
static int
check(const struct args *args, struct fault *f)
{
	if (args->count > 0)
		return 0;
	if (args->mode == MODE_VERIFY)
		return fault(f, EX_USAGE, "no address: -bv reads no message");
	if (args->mode == MODE_SEND && !args->from_header)
		return fault(f, EX_USAGE, "no recipient: give addresses, or "
		    "-t to take them from the header");
	return 0;
}

int
main(int argc, char *argv[])
{
	struct args args;
	struct fault f;

	process_prepare();
	if (args_parse(&args, argc, argv, &f) != 0 || check(&args, &f) != 0)
		return complain(&f);
	switch (args.mode) {
	case MODE_HELP:
		return help();
	case MODE_VERSION:
		return version();
	case MODE_SEND:
	case MODE_SERVE:
	case MODE_VERIFY:
	case MODE_ALIASES:
		return work(&args);
	default:
		(void)fault(&f, EX_USAGE, "%s: not supported", args.program);
		return complain(&f);
	}
}

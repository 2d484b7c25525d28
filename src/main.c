/* SPDX-License-Identifier: ISC */
/*
 * The order of things.  submit() is the program: a message goes down a
 * straight line from standard input to the relay, and what became of each
 * recipient comes back as the exit status.  Only this file ends the process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aliasing.h"
#include "args.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pages.h"
#include "base/privilege.h"
#include "base/process.h"
#include "base/signals.h"
#include "checkup.h"
#include "config/conf.h"
#include "delivery/dispatch.h"
#include "delivery/queue.h"
#include "delivery/result.h"
#include "delivery/stats.h"
#include "delivery/choice.h"
#include "mail/mail.h"
#include "net/certs.h"
#include "net/tls.h"
#include "option.h"
#include "request.h"
#include "rounds.h"
#include "import/import.h"
#include "serve.h"
#include "startup.h"
#include "verify.h"

static bool quiet;		/* -eq, for who cannot be told of it */

/* Prints a fault in the one form all messages have, unless -eq. */
static int
complain(const struct args *args, const struct fault *f)
{
	if (!args->quiet)
		(void)fprintf(stderr, "sendlet: %s\n", f->text);
	return f->code;
}

static int
version(void)
{
	(void)printf("sendlet %s\n%s\nlibsodium %s\nlibbsd %s\nlibmd %s\n"
	    "libunicode of QuickJS %s\n", SENDLET_VERSION, tls_version(),
	    LIBSODIUM_VERSION, LIBBSD_VERSION, LIBMD_VERSION, QUICKJS_VERSION);
	if (certs_built_in() > 0)
		(void)printf("%zu CA certificates\n", certs_built_in());
	return EX_OK;
}

static int
address(struct mail *m, const struct args *args, const struct qualifier *q,
    struct self *self, struct fault *f)
{
	if (self_sender(self, m, str_of(args->claim.sender),
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

/* When the mail is to go: as the caller says, else as the settings say. */
static enum conf_delivery
delivery(const struct args *args, const struct conf *conf)
{
	switch (args->delivery) {
	case 'i':
		return DELIVER_NOW;
	case 'b':
		return DELIVER_BACKGROUND;
	case 'q':
		return DELIVER_LATER;
	default:
		return conf->delivery;
	}
}

/* --dry-run: what would be sent to whom; returns the exit status. */
static int
show(const struct mail *m)
{
	struct pieces_reader header;
	struct str text;
	int code = EX_OK;

	(void)printf("from <%s>\n", m->path);
	for (size_t i = 0; i < m->envelope.count; i++) {
		const struct rcpt *rcpt = &m->envelope.rcpt[i];

		if (rcpt_open(rcpt)) {
			(void)printf("to <%s>\n", rcpt->address);
			continue;
		}
		(void)printf("not to <%s>: %s\n", rcpt->address,
		    rcpt->last->reply);
		code = result_worse(code, rcpt->last->code);
	}
	(void)putchar('\n');
	for (pieces_start(&header, &m->header); pieces_next(&header, &text);)
		(void)fwrite(text.p, 1, text.n, stdout);
	return code;
}

static void
prepare(struct drain *d, const struct args *args, const struct conf *conf,
    struct self *self)
{
	d->courier.conf = conf;
	d->courier.trace = args->verbose;
	d->courier.self = self;
	d->courier.place = conf->place;
	d->hostname = self->host;
	d->domain = self->domain;
}

/* -d0: who we are and where mail goes. */
static int
settings(const struct args *args, const struct conf *conf, struct fault *f)
{
	const struct relay *relay;
	struct self self;
	struct mail mail;

	mail_init(&mail);
	self_know(&self, &args->claim, conf);
	if (self_sender(&self, &mail, str_of(args->claim.sender),
	    f) != 0)
		return complain(args, f);
	(void)printf("hostname %s\ndomain %s\nsender %s\n", self.host,
	    self.domain, mail.envelope.sender);
	mail_free(&mail);
	STAILQ_FOREACH(relay, &conf->relays, next)
		(void)printf("relay %s\n", relay->url);
	return EX_OK;
}

static void
log_rejected(const struct fault *why)
{
	const struct log_field fields[] = {
		{ FIELD_TEXT, "status", "rejected", 0 },
		{ FIELD_NOTE, "reply", why->text, 0 },
	};

	log_event(true, fields, sizeof(fields) / sizeof(fields[0]));
}

/* Takes one message from standard input to the relay. */
static int
submit(const struct args *args, const struct conf *conf,
    struct opening *opening)
{
	const struct message_limits limits = { .dots = args->dots,
	    .size = conf->max_message_size };
	struct self self;
	struct aliasing aliasing;
	struct dispatch d = { .started = clock_ms(), .quiet = args->quiet,
	    .when = delivery(args, conf), .drain.courier.last = true };
	struct mail mail;
	struct fault f;
	bool failed;
	int code;

	mail_init(&mail);
	mail.eightbit = args->eightbit;
	self_know(&self, &args->claim, conf);
	aliasing_open(&aliasing, args, conf, self.domain);
	prepare(&d.drain, args, conf, &self);
	failed = message_read(&mail.message, STDIN_FILENO, opening,
	    &limits, &f) != 0 ||
	    address(&mail, args, &aliasing.qualifier, &self, &f) != 0 ||
	    request(&mail, args, &f) != 0 ||
	    self_check(&self, &mail, &f) != 0 ||
	    self_dress(&self, choice_next(conf, mail.envelope.sender, NULL),
	    &mail, &f) != 0;
	aliasing_log(&aliasing);
	if (failed) {
		code = complain(args, &f);
		log_rejected(&f);
	} else if (args->dry_run) {
		code = show(&mail);
	} else {
		code = dispatch(&d, &mail);
		if (code != EX_OK && !args->quiet)
			aliasing_complain(&aliasing);
	}
	aliasing_close(&aliasing);
	mail_free(&mail);
	return code;
}

static int
run(const struct args *args, struct conf *conf, struct fault *f)
{
	struct drain d = { .all = args->mode == MODE_RUN &&
	    args->run_interval == 0, .id = args->run_id,
	    .rcpt = args->run_rcpt, .sender = args->run_sender };
	struct self self;

	self_know(&self, &args->claim, conf);
	prepare(&d, args, conf, &self);
	signals_hold();
	return rounds(&d, args, conf, f);
}

/* The modes of which there is nothing to tell but success or a fault. */
static int
obey(const struct args *args, struct conf *conf)
{
	struct fault f;
	int status;

	switch (args->mode) {
	case MODE_SERVE:
		status = serve(args, conf, &f);
		break;
	case MODE_LIST:
		status = queue_list(conf, args->json, &f);
		break;
	case MODE_STATS:
		status = stats_print(conf, args->json, &f);
		break;
	case MODE_RUN:
	case MODE_DRAIN:
		status = run(args, conf, &f);
		break;
	default:
		status = queue_change(conf, args->id,
		    args->mode == MODE_DELETE ? QUEUE_DELETE :
		    args->mode == MODE_HOLD ? QUEUE_HOLD : QUEUE_RELEASE, &f);
	}
	return status == 0 ? EX_OK : complain(args, &f);
}

/* Everything that needs the configuration. */
static int
work(const struct args *args)
{
	struct startup s;
	struct fault f;
	int started = startup(&s, args, &f), code;

	if (args->mode == MODE_CHECK)
		code = checkup(args, &s, started == 0 ? NULL : &f);
	else if (started != 0)
		code = complain(args, &f);
	else if (args->mode == MODE_SETTINGS)
		code = settings(args, &s.conf, &f);
	else if (args->mode == MODE_VERIFY)
		code = verify(args, &s.conf, &f) == 0 ? f.code :
		    complain(args, &f);
	else if (args->mode == MODE_ALIASES)
		code = aliasing_check(&s.conf);
	else
		code = args->mode == MODE_SEND ?
		    submit(args, &s.conf, &s.opening) : obey(args, &s.conf);
	startup_end(&s);
	return code;
}

/* What can be known to be missing before anything is read. */
static int
check(const struct args *args, struct fault *f)
{
	if (args->mode == MODE_CHECK && (args->from_header || args->count > 1))
		return fault(f, EX_USAGE, "--check: one address at most");
	if (args->mode == MODE_IMPORT && args->count > 1)
		return fault(f, EX_USAGE, "--import: one file at most");
	if (args->count > 0)
		return 0;
	if (args->mode == MODE_VERIFY)
		return fault(f, EX_USAGE, "no address: -bv reads no message");
	if (args->mode == MODE_SEND && !args->from_header)
		return fault(f, EX_USAGE, "no recipient: give addresses, or "
		    "-t to take them from the header");
	return 0;
}

static int
perform(const struct args *args)
{
	struct fault f;

	switch (args->mode) {
	case MODE_HELP:
		option_help();
		return EX_OK;
	case MODE_VERSION:
		return version();
	case MODE_NOTHING:
		(void)fault(&f, EX_USAGE, "-b%.1s: not supported; there are "
		    "-bm, -bs, -bp, -bv and -bi", args->id);
		return complain(args, &f);
	case MODE_IMPORT:
		if (privilege_drop(&f) == 0 && import(args->count > 0 ?
		    args->rcpt[0] : NULL, &f) == 0)
			return EX_OK;
		return complain(args, &f);
	case MODE_SETTINGS:
		(void)version();
		return work(args);
	default:
		return work(args);
	}
}

/* What was asked for and did not get through is a failure as well. */
static int
finish(const struct args *args, int code)
{
	struct fault f;

	if ((fflush(stdout) == 0 && !ferror(stdout)) || code != EX_OK)
		return code;
	(void)fault_errno(&f, EX_IOERR, errno, "standard output");
	/* A reader that has gone has had enough. */
	return errno == EPIPE ? f.code : complain(args, &f);
}

/*
 * A part of a message that was put into a file cannot be had back.  Whoever is
 * being sent the message has not seen its end.
 */
static void
lose(int signal)
{
	static const char text[] =
	    "sendlet: temporary file: cannot be read back\n";

	(void)signal;
	if (!quiet)
		(void)write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EX_IOERR);
}

int
main(int argc, char *argv[])
{
	struct args args;
	struct fault f;

	process_prepare();
	privilege_prepare();
	if (args_parse(&args, argc, argv, &f) != 0 || check(&args, &f) != 0) {
		args.quiet = false;
		return complain(&args, &f);
	}
	quiet = args.quiet;
	pages_on_loss(lose);
	return finish(&args, perform(&args));
}

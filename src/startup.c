/* SPDX-License-Identifier: ISC */
/*
 * From the first instruction to the first byte of a message: the part of the
 * program that trusts what it reads, because only the administrator, or the
 * user who calls, can have written it.  What comes later trusts nobody.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/privilege.h"
#include "config/secret.h"
#include "confine.h"
#include "net/credentials.h"
#include "startup.h"

enum { ERRORS_MAX = 256 * 1024 };

/* What is accepted and does nothing although a caller may count on it. */
static void
log_inert(const struct args *args)
{
	for (int i = 0; i < args->inert_count; i++)
		log_line(false, "option -%s%s ignored", args->inert[i].name,
		    args->inert[i].value);
}

/* Reads the settings; every error in them is printed. */
static int
configure(struct startup *s, const struct args *args, struct fault *f)
{
	const bool kept = args->mode == MODE_CHECK;
	const struct conf_source source = { .file = args->config,
	    .privileged = privilege_lent(), .alone = !args_sends(args),
	    .origins = kept ? &s->origins : NULL };
	int status;

	buf_init(&s->errors, ERRORS_MAX);
	status = conf_load(&s->conf, &source, &s->errors, f);
	if (s->errors.n > 0 && !args->quiet && !kept)
		(void)fwrite(s->errors.p, 1, s->errors.n, stderr);
	if (status == 0 && source.privileged && source.file != NULL)
		return fault(f, EX_NOPERM, "--config: not in a set-group-id "
		    "program");
	return status;
}

/* What takes rights to open that are given up soon. */
static int
unlock(struct conf *conf, struct fault *f)
{
	struct relay *r;

	STAILQ_FOREACH(r, &conf->relays, next) {
		if (r->password != NULL &&
		    secret_load(r->password, &r->secret, f) != 0)
			return -1;
		if (r->kind != RELAY_MAILDIR && r->tls != TLS_NEVER &&
		    credentials_keep(r, f) != 0)
			return -1;
	}
	return signers_load(&conf->dkim.signers, str_of(conf->dkim.sign), f);
}

/* True when there may be mail to be put into the spool. */
static bool
makes_spool(const struct args *args)
{
	return args->mode == MODE_SEND && !args->dry_run;
}

int
startup(struct startup *s, const struct args *args, struct fault *f)
{
	*s = (struct startup){ .place = { .dir = -1 } };
	if (configure(s, args, f) != 0)
		return -1;
	if (args_sends(args) && unlock(&s->conf, f) != 0)
		return -1;
	place_keep(&s->place, &s->conf, makes_spool(args), &s->no_place);
	log_open(s->conf.log, args->tag != NULL ? args->tag : args->program);
	log_inert(args);
	if (privilege_drop(f) != 0)
		return -1;
	if (args->mode == MODE_SEND)
		opening_read(&s->opening, STDIN_FILENO, args->dots);
	/* Rounds that go on for ever have a sandbox each. */
	return args->mode == MODE_RUN && args->run_interval > 0 ? 0 :
	    confine(&s->conf, args, &s->opening, f);
}

void
startup_end(struct startup *s)
{
	struct relay *r;

	STAILQ_FOREACH(r, &s->conf.relays, next)
		credentials_drop(r);
	place_close(&s->place);
	opening_free(&s->opening);
	buf_free(&s->errors);
	origins_free(&s->origins);
	conf_free(&s->conf);
}

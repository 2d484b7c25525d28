/* SPDX-License-Identifier: ISC */
/*
 * The order of an examination: settings, aliases, addresses, spool, then every
 * relay.  What each of them comes to is known to doctor/.
 */
#include <stdio.h>
#include <string.h>

#include "aliasing.h"
#include "base/clock.h"
#include "checkup.h"
#include "delivery/result.h"
#include "doctor/settings.h"
#include "doctor/visit.h"

#define USUAL_ADDRESS	"root"

/* One under way. */
struct checkup {
	const struct args *args;
	struct conf	*conf;
	struct paper	 paper;
	struct aliasing	 aliasing;
	struct self	 self;
	struct visit	 visit;
	struct diagnosis diagnosis;
};

/* Nobody wants to wait for minutes to be told that nobody answers. */
static void
hurry(struct conf *conf)
{
	struct relay *r;

	STAILQ_FOREACH(r, &conf->relays, next) {
		int64_t *const times[] = { &r->timeout.connect,
		    &r->timeout.greeting, &r->timeout.command,
		    &r->timeout.data };

		for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
			if (*times[i] > EXAM_PATIENCE_MS)
				*times[i] = EXAM_PATIENCE_MS;
	}
}

static void
check_aliases(struct checkup *c)
{
	struct aliases *a = &c->aliasing.aliases;
	struct str rest, line;
	struct step s;

	step_begin(&s, "aliases");
	aliases_load(a);
	if (a->file == NULL || a->unopened != 0)
		step_say(&s, "no aliases%s",
		    c->args->no_alias ? ", because of -n" : "");
	else
		step_say(&s, "%s: %u alias%s", a->file, a->count,
		    a->count == 1 ? "" : "es");
	if (c->conf->root != NULL)
		step_say(&s, "root is %s", c->conf->root);
	rest = buf_view(&a->problems);
	while (str_cut(&rest, '\n', &line))
		if (line.n > 0)
			step_say(&s, "%.*s", STR_ARG(line));
	if (a->failed.code != 0)
		step_judge(&s, STEP_FAILURE, "mend this file, or set aliases");
	else if (a->problem_count > 0)
		step_judge(&s, STEP_WARNING, "mend these lines; newaliases "
		    "shows all that is wrong");
	paper_step(&c->paper, &s);
}

/* The addresses that the one asked for stands for. */
static void
check_recipients(struct checkup *c)
{
	const struct envelope *e = &c->visit.mail.envelope;
	struct step s;

	step_begin(&s, "address");
	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *r = &e->rcpt[i];

		step_say(&s, "<%s>%s%s", r->address,
		    r->names->orig == NULL ? "" : " is ",
		    r->names->orig == NULL ? "" : r->names->orig);
		if (rcpt_open(r))
			continue;
		step_say(&s, "%s", r->last->reply);
		step_judge(&s, STEP_FAILURE, "check the address and its alias");
	}
	paper_step(&c->paper, &s);
}

/* Who sends to whom.  -1: not even that can be told. */
static int
address(struct checkup *c, struct fault *f)
{
	const struct args *args = c->args;
	struct mail *m = &c->visit.mail;

	self_know(&c->self, &args->claim, c->conf);
	aliasing_open(&c->aliasing, args, c->conf, c->self.domain);
	check_aliases(c);
	if (self_sender(&c->self, m, str_of(args->claim.sender), f) != 0 ||
	    envelope_add(&m->envelope, str_of(c->diagnosis.address),
	    &c->aliasing.qualifier, f) != 0)
		return -1;
	check_recipients(c);
	return visit_letter(m, c->conf, f);
}

/* The recipient who fares worst. */
static const struct rcpt *
worst(const struct envelope *e, int code)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->rcpt[i].last->code == code)
			return &e->rcpt[i];
	return NULL;
}

static void
diagnose(struct checkup *c)
{
	const struct envelope *e = &c->visit.mail.envelope;
	struct diagnosis *d = &c->diagnosis;
	const struct rcpt *r;

	d->code = result_code(e);
	r = worst(e, d->code);
	if (d->code == EX_OK) {
		d->status = c->paper.worst > STEP_OK ? STEP_WARNING : STEP_OK;
		(void)snprintf(d->text, sizeof(d->text),
		    c->args->test_send ? "the test message to %s was taken" :
		    "mail to %s would be taken", d->address);
		return;
	}
	d->status = STEP_FAILURE;
	(void)snprintf(d->text, sizeof(d->text), "mail to %s: %s", d->address,
	    r == NULL || r->last->reply[0] == '\0' ? "not possible" :
	    r->last->reply);
}

/* Something that is needed to go on. */
static void
give_up(struct checkup *c, const struct fault *why)
{
	struct diagnosis *d = &c->diagnosis;

	d->code = why->code;
	d->status = STEP_FAILURE;
	(void)snprintf(d->text, sizeof(d->text), "%s", why->text);
}

static void
examine(struct checkup *c)
{
	struct fault f;

	c->visit.courier.conf = c->conf;
	c->visit.courier.self = &c->self;
	c->visit.courier.trace = c->args->verbose;
	c->visit.paper = &c->paper;
	c->visit.send = c->args->test_send;
	mail_init(&c->visit.mail);
	hurry(c->conf);
	settings_files(&c->paper, c->conf);
	settings_spool(&c->paper, c->conf);
	if (address(c, &f) != 0 || visit_relays(&c->visit, &f) != 0)
		give_up(c, &f);
	else
		diagnose(c);
	aliasing_close(&c->aliasing);
	mail_free(&c->visit.mail);
}

int
checkup(const struct args *args, struct startup *s, const struct fault *failed)
{
	struct checkup c = { .args = args, .conf = &s->conf };
	struct fault f;

	c.diagnosis.address = args->count > 0 ? args->rcpt[0] : USUAL_ADDRESS;
	c.diagnosis.ms = -clock_ms();
	paper_open(&c.paper, args->json);
	if (failed == NULL) {
		settings_file(&c.paper, &s->origins);
		examine(&c);
	} else {
		settings_failed(&c.paper, &s->origins, buf_view(&s->errors),
		    failed);
		give_up(&c, failed);
	}
	c.diagnosis.ms += clock_ms();
	if (paper_close(&c.paper, &c.diagnosis, &f) == 0)
		return c.diagnosis.code;
	(void)fprintf(stderr, "sendlet: %s\n", f.text);
	return result_worse(c.diagnosis.code, f.code);
}

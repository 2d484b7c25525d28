/* SPDX-License-Identifier: ISC */
/*
 * The server's dialogue joined to the client's: each question is put to the
 * relay, and its answer is what the caller hears.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aliasing.h"
#include "base/clock.h"
#include "delivery/dispatch.h"
#include "delivery/result.h"
#include "mail/dsn.h"
#include "serve.h"
#include "smtp/server.h"

/* One dialogue. */
struct dialogue {
	struct server	 server;
	struct courier	 courier;
	struct self	 self;
	struct aliasing	 aliasing;
	struct mail	 mail;
	int64_t		 started;
	bool		 served;	/* the relay has taken a mail */
};

static void
forget(struct dialogue *d)
{
	deliver_drop(&d->courier);
	server_forget(&d->server);
	mail_free(&d->mail);
	mail_init(&d->mail);
}

/* The text that an xtext parameter stands for, owned; NULL: it is none. */
static char *
decode(struct str value)
{
	struct buf text;
	const char *s = NULL;
	char *copy = NULL;

	buf_init(&text, DSN_ORCPT_MAX);
	if (dsn_xtext_decode(&text, value) == 0)
		s = buf_cstr(&text);
	if (s != NULL && s[0] != '\0')
		copy = strdup(s);
	buf_free(&text);
	return copy;
}

/* What the client asks of delivery; false: not valid. */
static bool
take_service(struct service *service, const struct server_request *r)
{
	struct str value;
	struct fault f;

	service->utf8 = server_parameter(r, "SMTPUTF8", &value);
	if (server_parameter(r, "REQUIRETLS", &value))
		service->tls = true;
	if (server_parameter(r, "MT-PRIORITY", &value) &&
	    service_priority(service, value, &f) != 0)
		return false;
	return !server_parameter(r, "BY", &value) ||
	    service_by(service, value, time(NULL), &f) == 0;
}

/* RET and ENVID of MAIL (RFC 3461 sections 4.3 and 4.4). */
static bool
take_mail_parameters(struct envelope *e, const struct server_request *r)
{
	struct str value;
	struct fault f;
	int ret;

	if (!take_service(&e->service, r))
		return false;
	if (server_parameter(r, "RET", &value)) {
		ret = dsn_ret(value, &f);
		if (ret < 0)
			return false;
		e->ret = (enum dsn_ret)ret;
	}
	if (!server_parameter(r, "ENVID", &value))
		return true;
	if (str_has_8bit(value))
		return false;
	e->envid = decode(value);
	return e->envid != NULL;
}

/* NOTIFY and ORCPT of RCPT (sections 4.1 and 4.2). */
static bool
take_rcpt_parameters(struct envelope *e, struct rcpt *rcpt,
    const struct server_request *r)
{
	struct str value;
	struct fault f;
	char *orcpt;
	bool valid;
	int notify;

	if (server_parameter(r, "NOTIFY", &value)) {
		notify = dsn_notify(value, &f);
		if (notify < 0)
			return false;
		rcpt->notify = (unsigned char)notify;
	}
	if (!server_parameter(r, "ORCPT", &value))
		return true;
	orcpt = decode(value);
	valid = orcpt != NULL && strchr(orcpt, ';') != NULL &&
	    rcpt_called(e, rcpt, str_of(NULL), str_of(orcpt)) == 0;
	free(orcpt);
	return valid;
}

static void
take_sender(struct dialogue *d, const struct server_request *r,
    struct verdict *v)
{
	struct fault f;

	forget(d);
	d->started = clock_ms();
	if (self_sender(&d->self, &d->mail, r->address, &f) != 0) {
		verdict_say(v, f.code == EX_DATAERR ? 553 : 451,
		    f.code == EX_DATAERR ? "5.1.7" : "4.3.5", f.text);
		return;
	}
	if (!take_mail_parameters(&d->mail.envelope, r)) {
		verdict_say(v, 501, "5.5.4",
		    "a parameter of MAIL is not valid");
		forget(d);
		return;
	}
	deliver_begin(&d->courier, &d->mail, v);
	if (v->code / 100 != 2)
		forget(d);
}

/*
 * One RCPT may be an alias for several recipients: it is taken when one of
 * them is, and the end of the message tells of the others.
 */
static void
take_rcpt(struct dialogue *d, const struct server_request *r,
    struct verdict *v)
{
	struct envelope *e = &d->mail.envelope;
	size_t before = e->count;
	struct verdict one;
	struct fault f;

	verdict_say(v, 250, "2.1.5", "Ok, named before");
	if (envelope_rcpt(e, r->address, &d->aliasing.qualifier, &f) != 0) {
		verdict_say(v, f.code == EX_DATAERR ? 553 : 451,
		    f.code == EX_DATAERR ? "5.1.3" : "4.3.0", f.text);
		return;
	}
	for (size_t i = before; i < e->count; i++) {
		if (take_rcpt_parameters(e, &e->rcpt[i], r))
			deliver_accept(&d->courier, &d->mail, i, &one);
		else
			verdict_say(&one, 501, "5.5.4",
			    "NOTIFY or ORCPT: not valid");
		if (i == before || one.code / 100 < v->code / 100)
			*v = one;
	}
	for (size_t i = before; i < e->count && v->code / 100 != 2; i++)
		envelope_tell(e, i);
	aliasing_log(&d->aliasing);
}

static void
take_message(struct dialogue *d, struct verdict *v)
{
	struct fault f;

	if (self_check(&d->self, &d->mail, &f) != 0) {
		verdict_say(v, 554, "5.6.0", f.text);
		deliver_drop(&d->courier);
		return;
	}
	deliver_finish(&d->courier, &d->mail, v);
	d->served |= v->code / 100 == 2;
	result_log(&d->mail, d->started);
}

/* VRFY and EXPN: nothing is promised (RFC 5321 section 3.5.3). */
static void
verify(const struct server_request *r, struct verdict *v)
{
	if (r->address.n == 0)
		verdict_say(v, 501, "5.5.4", "an address is wanted");
	else if (r->verb == SERVER_EXPAND)
		verdict_say(v, 550, "5.1.2", "no mailing lists here");
	else
		verdict_say(v, 252, "2.1.5", "send some mail, I will try");
}

static void
answer(struct dialogue *d, const struct server_request *r)
{
	struct verdict v = { 0 };

	switch (r->verb) {
	case SERVER_MAIL:
		take_sender(d, r, &v);
		break;
	case SERVER_RCPT:
		take_rcpt(d, r, &v);
		break;
	case SERVER_DATA:
		take_message(d, &v);
		break;
	case SERVER_RESET:
		forget(d);
		return;
	case SERVER_VERIFY:
	case SERVER_EXPAND:
		verify(r, &v);
		break;
	}
	server_reply(&d->server, r, v.code, v.text);
	if (r->verb == SERVER_DATA)
		forget(d);
}

int
serve(const struct args *args, const struct conf *conf, struct fault *f)
{
	const struct message_limits limits = { .size = conf->max_message_size };
	struct dialogue d = { .courier = { .conf = conf,
	    .place = conf->place, .trace = args->verbose } };
	struct drain drain = { .courier = { .conf = conf } };
	struct server_request request;
	int status;

	self_know(&d.self, &args->claim, conf);
	d.courier.self = &d.self;
	aliasing_open(&d.aliasing, args, conf, d.self.domain);
	mail_init(&d.mail);
	server_open(&d.server, d.self.host, &limits);
	while ((status = server_next(&d.server, &d.mail.message, &request,
	    f)) > 0)
		answer(&d, &request);
	forget(&d);
	courier_rest(&d.courier);
	drain.courier.self = &d.self;
	drain.hostname = d.self.host;
	drain.domain = d.self.domain;
	if (d.served)
		dispatch_drain(&drain);
	server_free(&d.server);
	aliasing_close(&d.aliasing);
	mail_free(&d.mail);
	return status;
}

/* SPDX-License-Identifier: ISC */
/* A mail without a message: its recipients as they would fare. */
#include <stdio.h>

#include "aliasing.h"
#include "delivery/deliver.h"
#include "delivery/result.h"
#include "verify.h"

/* In the words of sendmail, with the relay's own behind them. */
static void
print(const struct rcpt *r)
{
	static const char *const verdict[] = {
		[RCPT_PENDING] = "deferred", [RCPT_SENT] = "deliverable",
		[RCPT_TEMPORARY] = "deferred",
		[RCPT_PERMANENT] = "undeliverable",
	};
	const bool reached = r->last->relay[0] != '\0';

	(void)printf("%s... %s: mailer relay, %s%s%suser %s (%s)\n",
	    r->names->orig == NULL ? r->address : r->names->orig,
	    verdict[r->state], reached ? "host " : "", r->last->relay,
	    reached ? ", " : "", r->address, r->last->reply);
}

/* Fills the envelope from the arguments and asks. */
static int
inquire(struct mail *m, const struct args *args, const struct conf *conf,
    struct aliasing *aliasing, struct fault *f)
{
	struct courier courier = { .conf = conf, .trace = args->verbose,
	    .probe = true };
	struct self self;

	self_know(&self, &args->claim, conf);
	aliasing_open(aliasing, args, conf, self.domain);
	courier.self = &self;
	if (self_sender(&self, m, str_of(args->claim.sender),
	    f) != 0)
		return -1;
	for (int i = 0; i < args->count; i++)
		if (envelope_add(&m->envelope, str_of(args->rcpt[i]),
		    &aliasing->qualifier, f) != 0)
			return -1;
	deliver(&courier, m);
	courier_rest(&courier);
	return 0;
}

int
verify(const struct args *args, const struct conf *conf, struct fault *f)
{
	struct aliasing aliasing;
	struct mail mail;
	int status;

	mail_init(&mail);
	status = inquire(&mail, args, conf, &aliasing, f);
	if (status == 0) {
		for (size_t i = 0; i < mail.envelope.count; i++)
			print(&mail.envelope.rcpt[i]);
		f->code = result_code(&mail.envelope);
		aliasing_complain(&aliasing);
	}
	aliasing_close(&aliasing);
	mail_free(&mail);
	return status;
}

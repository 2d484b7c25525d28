/* SPDX-License-Identifier: ISC */
/*
 * The message that an examination is about: what is asked of relays and of the
 * DNS is asked about it, whether it is sent or not.
 */
#include "doctor/visit.h"
#include "mail/intake.h"

enum { LETTER_MAX = 64 * 1024 };

static void
write(struct buf *b, const struct envelope *e)
{
	(void)buf_puts(b, "Subject: Test of sendlet\nTo: ");
	for (size_t i = 0; i < e->count && i < 20; i++)
		if (rcpt_open(&e->rcpt[i]))
			(void)buf_fmt(b, "%s<%s>", i > 0 ? ",\n\t" : "",
			    e->rcpt[i].address);
	/* RFC 3834: nobody is to answer. */
	(void)buf_puts(b, "\nAuto-Submitted: auto-generated\n\n"
	    "This message was sent with \"sendlet --check --send\".\n"
	    "Mail from that machine gets here.\n");
}

int
visit_letter(struct mail *m, const struct conf *conf, struct fault *f)
{
	const struct message_limits limits = { .size = conf->max_message_size };
	struct intake intake;
	struct buf text;
	int status;

	buf_init(&text, LETTER_MAX);
	write(&text, &m->envelope);
	intake_start(&intake, &m->message, &limits, f);
	status = text.failed ? fault(f, EX_OSERR, "out of memory") :
	    intake_take(&intake, buf_view(&text));
	if (status == 0)
		status = intake_end(&intake);
	buf_free(&text);
	return status;
}

/* SPDX-License-Identifier: ISC */
/*
 * A report on recipients that do not get a mail: multipart/report of three
 * parts, for people, for programs, and the message or its header
 * (RFC 6522, 3464, 3461 section 6).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "base/utf8.h"
#include "delivery/report.h"
#include "delivery/spool.h"

/* A message that is longer is returned as its header only. */
enum { RETURN_MAX = 1024 * 1024, DATE_MAX = 64 };

/* Of the text so much waits to be stored; what one recipient takes is less. */
enum { TEXT_WAITS = 8 * 1024, TEXT_MAX = 64 * 1024 };

/* A report in the making. */
struct draft {
	const struct mail *failed;
	const struct reporter *by;
	struct message	*m;
	struct buf	 text;
	struct fault	*fault;
};

bool
report_wanted(const struct rcpt *r, enum dsn_notify what)
{
	return r->notify == 0 || (r->notify & what) != 0;
}

static bool
reported(const struct reporter *by, const struct rcpt *r)
{
	if (by->until != 0)
		return spool_wants(r) && report_wanted(r, DSN_DELAY);
	return r->state == RCPT_PERMANENT && !r->told &&
	    report_wanted(r, DSN_FAILURE);
}

/*
 * Of what is only delayed, the sender needs no more (RFC 3461 section 4.3);
 * what is to travel with TLS only must not go back without (RFC 8689 section
 * 5).
 */
static bool
is_whole(const struct reporter *by, const struct mail *failed)
{
	return by->until == 0 && failed->envelope.ret != DSN_RET_HDRS &&
	    !failed->envelope.service.tls && mail_size(failed) <= RETURN_MAX;
}

static void
format_date(char date[DATE_MAX], int64_t when)
{
	time_t seconds = when;
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(date, DATE_MAX, "%a, %d %b %Y %H:%M:%S %z", &tm) == 0)
		date[0] = '\0';
}

/* The host name in "host[address]:port", or nothing. */
static struct str
relay_host(const char *relay)
{
	struct str s = str_of(relay);
	const char *end = s.n == 0 ? NULL : memchr(s.p, '[', s.n);

	if (end != NULL)
		s.n = (size_t)(end - s.p);
	return s.n > 0 && strchr(s.p, '/') == NULL ? s :
	    (struct str){ NULL, 0 };
}

/* A word for the type of an address (RFC 3464 and 6533). */
static const char *
address_type(bool utf8)
{
	return utf8 ? "utf-8" : "rfc822";
}

static void
put_header(struct buf *b, const struct mail *failed,
    const struct reporter *by, const char *boundary)
{
	char date[DATE_MAX];

	format_date(date, time(NULL));
	(void)buf_fmt(b,
	    "From: Mail Delivery System <MAILER-DAEMON@%s>\r\n"
	    "To: <%s>\r\n"
	    "Subject: %s\r\n"
	    "Date: %s\r\n"
	    "Message-ID: <%s.%08" PRIx32 "@%s>\r\n",
	    by->domain, failed->envelope.sender, by->until != 0 ?
	    "Delayed Mail (still being retried)" :
	    "Undelivered Mail Returned to Sender", date, by->id,
	    random_number(), by->hostname);
	(void)buf_fmt(b,
	    "Auto-Submitted: auto-replied\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\r\n"
	    "\tboundary=\"%s\"\r\n\r\n", boundary);
}

/* Stores the text when there is enough of it: recipients may be many. */
static int
store_text(struct draft *d, size_t enough)
{
	struct message *m = d->m;
	int status = 0;

	if (d->text.n < enough)
		return 0;
	m->body_8bit = m->body_8bit || str_has_8bit(buf_view(&d->text));
	if (d->text.failed)
		status = fault(d->fault, EX_OSERR, "report: out of memory");
	else
		status = store_add(&m->body, buf_view(&d->text), d->fault);
	buf_clear(&d->text);
	return status;
}

/* The part for people. */
static int
put_text(struct draft *d)
{
	const struct envelope *e = &d->failed->envelope;
	const struct reporter *by = d->by;
	struct buf *b = &d->text;
	char date[DATE_MAX];

	format_date(date, by->arrived);
	(void)buf_fmt(b, "This is the mail system at %s.\r\n\r\n"
	    "Your message of %s\r\n"
	    "could not be delivered%s to:\r\n", by->hostname, date,
	    by->until != 0 ? " yet" : "");
	for (size_t i = 0; i < e->count; i++) {
		const struct rcpt *r = &e->rcpt[i];

		if (!reported(by, r))
			continue;
		(void)buf_fmt(b, "\r\n<%s>\r\n", r->address);
		if (r->last->relay[0] != '\0')
			(void)buf_fmt(b, "    %s said:\r\n", r->last->relay);
		(void)buf_fmt(b, "    %s\r\n",
		    r->last->reply[0] == '\0' ? "no reason is known" :
		    r->last->reply);
		if (store_text(d, TEXT_WAITS) != 0)
			return -1;
	}
	format_date(date, by->until);
	if (by->until == 0)
		(void)buf_puts(b, "\r\nIt will not be tried again.\r\n");
	else
		(void)buf_fmt(b, "\r\nIt will be tried until %s.\r\n"
		    "There is nothing that you have to do.\r\n", date);
	return 0;
}

/* The reply alone, without the command it answers. */
static const char *
diagnostic(const char *reply)
{
	const char *p = strstr(reply, ": ");

	return p != NULL && p[2] >= '2' && p[2] <= '5' ? p + 2 : reply;
}

static void
put_status(struct buf *b, const struct rcpt *r, const struct reporter *by,
    const char *when)
{
	struct str host = relay_host(r->last->relay);
	char date[DATE_MAX];

	(void)buf_puts(b, "\r\n");
	if (r->names->orcpt != NULL)
		(void)buf_fmt(b, "Original-Recipient: %s\r\n", r->names->orcpt);
	(void)buf_fmt(b, "Final-Recipient: %s; %s\r\n"
	    "Action: %s\r\n"
	    "Status: %s\r\n", address_type(r->utf8), r->address,
	    by->until != 0 ? "delayed" : "failed", r->last->dsn[0] != '\0' ?
	    r->last->dsn : by->until != 0 ? "4.0.0" : "5.0.0");
	if (host.n > 0)
		(void)buf_fmt(b, "Remote-MTA: dns; %.*s\r\n", STR_ARG(host));
	if (r->last->reply[0] != '\0')
		(void)buf_fmt(b, "Diagnostic-Code: %s; %.900s\r\n",
		    host.n > 0 ? "smtp" : "x-sendlet",
		    diagnostic(r->last->reply));
	(void)buf_fmt(b, "Last-Attempt-Date: %s\r\n", when);
	format_date(date, by->until);
	if (by->until != 0)
		(void)buf_fmt(b, "Will-Retry-Until: %s\r\n", date);
}

/* The part for programs. */
static int
put_statuses(struct draft *d)
{
	const struct envelope *e = &d->failed->envelope;
	const struct reporter *by = d->by;
	struct buf *b = &d->text;
	char date[DATE_MAX];

	if (e->envid != NULL)
		(void)buf_fmt(b, "Original-Envelope-Id: %s\r\n", e->envid);
	format_date(date, by->arrived);
	(void)buf_fmt(b, "Reporting-MTA: dns; %s\r\nArrival-Date: %s\r\n",
	    by->hostname, date);
	format_date(date, time(NULL));
	for (size_t i = 0; i < e->count; i++) {
		if (reported(by, &e->rcpt[i]))
			put_status(b, &e->rcpt[i], by, date);
		if (store_text(d, TEXT_WAITS) != 0)
			return -1;
	}
	return 0;
}

/* What the third part is: UTF-8 has types of its own (RFC 6533 section 4). */
static const char *
original_type(const struct mail *failed, bool full)
{
	const struct pieces *p = &failed->header;
	bool high = false, utf8 = true;

	for (size_t i = 0; i < p->count; i++) {
		high = high || str_has_8bit(p->piece[i].text);
		utf8 = utf8 && utf8_valid(p->piece[i].text);
	}
	if (high && utf8)
		return full ? "message/global" : "message/global-headers";
	return full ? "message/rfc822" : "text/rfc822-headers";
}

/* The first two parts, and the head of the third. */
static int
put_parts(struct draft *d, const char *boundary, bool full)
{
	const struct mail *failed = d->failed;
	bool utf8 = failed->envelope.utf8;
	struct buf *b = &d->text;

	for (size_t i = 0; i < failed->envelope.count; i++)
		utf8 = utf8 || failed->envelope.rcpt[i].utf8;
	(void)buf_fmt(b, "--%s\r\nContent-Type: text/plain; charset=%s\r\n"
	    "%s\r\n", boundary, utf8 ? "utf-8" : "us-ascii",
	    utf8 ? "Content-Transfer-Encoding: 8bit\r\n" : "");
	if (put_text(d) != 0)
		return -1;
	(void)buf_fmt(b, "\r\n--%s\r\nContent-Type: message/%s\r\n%s\r\n",
	    boundary, utf8 ? "global-delivery-status" : "delivery-status",
	    utf8 ? "Content-Transfer-Encoding: 8bit\r\n" : "");
	if (put_statuses(d) != 0)
		return -1;
	(void)buf_fmt(b, "\r\n--%s\r\nContent-Type: %s\r\n%s\r\n", boundary,
	    original_type(failed, full),
	    failed->message.header_8bit || (full && failed->message.body_8bit) ?
	    "Content-Transfer-Encoding: 8bit\r\n" : "");
	return store_text(d, 0);
}

/* The third part: the message as it would have left. */
static int
put_original(struct store *body, const struct mail *failed, bool full,
    struct fault *f)
{
	struct mail_reader reader;
	struct str text;
	int status = 0;

	mail_start(&reader, failed);
	while ((status = mail_next(&reader, &text, f)) == 0 && text.n > 0 &&
	    (full || reader.at == 0) &&
	    (status = store_add(body, text, f)) == 0)
		;
	mail_stop(&reader);
	return status;
}

/* The report as a message. */
static int
build(struct draft *d)
{
	const struct mail *failed = d->failed;
	const bool full = is_whole(d->by, failed);
	struct message *m = d->m;
	char boundary[64];

	(void)snprintf(boundary, sizeof(boundary), "=_%s_%08" PRIx32 "%08"
	    PRIx32, d->by->id, random_number(), random_number());
	put_header(&m->header, failed, d->by, boundary);
	if (m->header.failed)
		return fault(d->fault, EX_OSERR, "report: out of memory");
	m->header_8bit = str_has_8bit(buf_view(&m->header));
	m->body_8bit = failed->message.header_8bit ||
	    failed->message.body_8bit;
	m->body_long = failed->message.header_long ||
	    failed->message.body_long;
	m->body_dots = true;
	if (put_parts(d, boundary, full) != 0 ||
	    put_original(&m->body, failed, full, d->fault) != 0)
		return -1;
	(void)buf_fmt(&d->text, "\r\n--%s--\r\n", boundary);
	return store_text(d, 0);
}

int
report_make(struct mail *report, const struct mail *failed,
    const struct reporter *by, struct fault *f)
{
	struct draft d = { .failed = failed, .by = by, .fault = f,
	    .m = &report->message };
	int status;

	if (envelope_put_sender(&report->envelope, "", f) != 0 ||
	    envelope_put(&report->envelope, failed->envelope.sender, f) == NULL)
		return -1;
	/* A report on a report must not come into being elsewhere either. */
	report->envelope.rcpt[0].notify = DSN_NEVER;
	buf_init(&d.text, TEXT_MAX);
	status = build(&d);
	buf_free(&d.text);
	if (status == 0)
		status = mail_keep_header(report, f);
	return status;
}

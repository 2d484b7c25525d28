/* SPDX-License-Identifier: ISC */
/*
 * From what is seen of a session to the steps of an examination.  Nothing is
 * asked of a relay here: the code that sends mail does that, and is watched.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <bsd/string.h>

#include "base/clock.h"
#include "base/privilege.h"
#include "doctor/advice.h"
#include "doctor/exam.h"
#include "net/chain.h"

enum { NOTES_MAX = 768, RENEW_DAYS = 14, DAY = 24 * 60 * 60 };

static const char *const names[] = {
	[STAGE_ROUTE] = "servers", [STAGE_NAME] = "addresses",
	[STAGE_CONNECT] = "connection", [STAGE_GREETING] = "greeting",
	[STAGE_HELLO] = "capabilities", [STAGE_TLS] = "tls",
	[STAGE_AUTH] = "login", [STAGE_MAIL] = "sender",
	[STAGE_RCPT] = "recipient",
};

/* What a stage that has gone well comes to. */
typedef void judge(struct exam *, const struct under_way *, struct step *,
    const char *text);

/* ---- before the session -------------------------------------------------- */

static void
judge_found(struct exam *e, const struct under_way *w, struct step *s,
    const char *text)
{
	(void)e;
	(void)text;
	step_say(s, "%s: %.*s", w->what, STR_ARG(buf_view(&w->notes)));
}

static void
judge_connection(struct exam *e, const struct under_way *w, struct step *s,
    const char *text)
{
	(void)e;
	step_say(s, "%s", text);
	step_text(s, "server", text);
	if (w->noted == 0)
		return;
	step_say(s, "not %.*s", STR_ARG(buf_view(&w->notes)));
	step_judge(s, STEP_WARNING, "each mail tries these addresses first: "
	    "address-family can leave a kind out");
}

/* ---- the session --------------------------------------------------------- */

static void
judge_reply(struct exam *e, const struct under_way *w, struct step *s,
    const char *text)
{
	(void)e;
	(void)w;
	step_say(s, "%s", text);
}

/* What the server can do, out of what was kept of its words. */
static void
put_offers(const struct capabilities *can, struct buf *b)
{
	const struct {
		bool		 offered;
		const char	*name;
	} offers[] = {
		{ can->starttls, "STARTTLS" }, { can->auth, "AUTH" },
		{ can->pipelining, "PIPELINING" }, { can->size, "SIZE" },
		{ can->eightbit, "8BITMIME" }, { can->dsn, "DSN" },
		{ can->smtputf8, "SMTPUTF8" }, { can->chunking, "CHUNKING" },
	};

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		if (!offers[i].offered)
			continue;
		(void)buf_fmt(b, "%s%s", b->n > 0 ? ", " : "", offers[i].name);
		if (offers[i].offered && strcmp(offers[i].name, "AUTH") == 0)
			(void)buf_fmt(b, " %.*s", STR_ARG(str_trim(
			    buf_view(&can->mechanisms))));
		if (strcmp(offers[i].name, "SIZE") == 0 && can->size_limit > 0)
			(void)buf_fmt(b, " %" PRIu64, can->size_limit);
	}
}

static bool
is_local(const struct address *a)
{
	unsigned char first;

	if (a->size == 0 || a->is.any.sa_family == AF_UNIX)
		return a->size != 0;
	memcpy(&first, &a->is.v4.sin_addr, 1);
	return a->is.any.sa_family == AF_INET ? first == 127 :
	    IN6_IS_ADDR_LOOPBACK(&a->is.v6.sin6_addr);
}

/* Both ends of the connection, for what is asked of the DNS later. */
static void
note_ends(struct exam *e, const struct session *s)
{
	e->peer = e->own = (struct address){ .size = 0 };
	if (s->relay->proxy != NULL)
		return;
	e->peer.size = e->own.size = sizeof(e->peer.is);
	if (getpeername(stream_fd(s->stream), &e->peer.is.any,
	    &e->peer.size) != 0)
		e->peer.size = 0;
	if (getsockname(stream_fd(s->stream), &e->own.is.any,
	    &e->own.size) != 0)
		e->own.size = 0;
}

static void
judge_hello(struct exam *e, const struct under_way *w, struct step *s,
    const char *text)
{
	const struct session *session = &e->courier->session;
	const struct capabilities *can = &session->can;
	uint64_t most = e->courier->conf->max_message_size;
	struct buf offers;

	(void)w;
	(void)text;
	note_ends(e, session);
	buf_init(&offers, STEP_TEXT);
	put_offers(can, &offers);
	step_say(s, "%.*s", STR_ARG(buf_view(&offers)));
	step_text(s, "offers", offers.n > 0 ? buf_cstr(&offers) : "");
	buf_free(&offers);
	if (!can->esmtp) {
		step_say(s, "HELO only: no EHLO");
		step_judge(s, STEP_WARNING, "a server this old takes neither "
		    "TLS nor a login: use another one");
	} else if (can->size_limit > 0 && can->size_limit < most)
		step_say(s, "messages over %" PRIu64 " octets are refused",
		    can->size_limit);
	if (session->tls == TLS_NEVER && !is_local(&e->peer)) {
		step_say(s, "no TLS, because the relay's URL says so");
		step_judge(s, STEP_WARNING, "anybody on the way can read and "
		    "change the mail: smtp:// uses TLS when it is offered");
	}
}

/* ---- TLS ----------------------------------------------------------------- */

static void
date(char text[16], int64_t when)
{
	const time_t t = when;
	struct tm tm;

	text[0] = '\0';
	if (gmtime_r(&t, &tm) != NULL)
		(void)strftime(text, 16, "%Y-%m-%d", &tm);
}

/* Each certificate, and when the first of them expires. */
static int64_t
show_chain(const struct chain *c, struct step *s)
{
	int64_t end = INT64_MAX;
	char until[16];

	for (size_t i = 0; i < c->count; i++) {
		const struct certificate *one = &c->certificate[i];

		date(until, one->to);
		step_say(s, "%s, by %s, until %s", one->subject, one->issuer,
		    until);
		if (one->to < end)
			end = one->to;
	}
	return end;
}

static void
judge_certificate(const struct tls *tls, const struct relay *r,
    struct step *s)
{
	struct chain chain;
	int64_t end, days;

	tls_chain(tls, &chain);
	step_text(s, "tls", tls_describe(tls));
	step_text(s, "pin", chain.pin);
	step_text(s, "verified", tls_verified(tls) ? "yes" : "no");
	if (chain.count == 0)
		return;
	end = show_chain(&chain, s);
	days = (end - time(NULL)) / DAY;
	step_text(s, "subject", chain.certificate[0].subject);
	step_text(s, "issuer", chain.certificate[0].issuer);
	step_number(s, "expires", end);
	step_number(s, "days", days);
	step_say(s, "pin %s%s", chain.pin,
	    r->tls_pin == NULL ? "" : ", which is listed");
	if (r->tls_pin != NULL)
		return;
	if (!tls_verified(tls)) {
		step_say(s, "not verified");
		step_judge(s, STEP_WARNING, "keeps out who only listens; to "
		    "demand this certificate use \"tls-pin %s\"", chain.pin);
	} else if (days < RENEW_DAYS) {
		step_say(s, "%" PRId64 " day%s left", days,
		    days == 1 ? "" : "s");
		step_judge(s, STEP_WARNING, "the relay's operator must renew "
		    "the certificate soon");
	}
}

static void
judge_tls(struct exam *e, const struct under_way *w, struct step *s,
    const char *text)
{
	const struct session *session = &e->courier->session;
	const struct tls *tls = stream_tls(session->stream);

	(void)w;
	step_say(s, "%s", text);
	if (tls != NULL)
		judge_certificate(tls, session->relay, s);
	else if (!is_local(&e->peer))
		step_judge(s, STEP_WARNING, "the mail goes in clear text; "
		    "smtp+tls:// or submission:// refuse that");
}

static void
judge_login(struct exam *e, const struct under_way *w, struct step *s,
    const char *text)
{
	const struct session *session = &e->courier->session;
	const struct tls *tls = stream_tls(session->stream);

	(void)w;
	/* Who may only use the login need not know it. */
	if (session->relay->user == NULL || privilege_lent())
		step_say(s, "%s: accepted", text);
	else
		step_say(s, "%s as %s: accepted", text, session->relay->user);
	step_text(s, "mechanism", text);
	if (tls != NULL || is_local(&e->peer))
		return;
	step_say(s, "without TLS");
	step_judge(s, STEP_WARNING, "anybody on the way can read what follows, "
	    "and with PLAIN or LOGIN the password: use TLS");
}

/* ---- the mail ------------------------------------------------------------ */

static void
judge_address(struct exam *e, const struct under_way *w, struct step *s,
    const char *text)
{
	(void)e;
	step_say(s, "<%s>: %s", w->what, text);
	step_text(s, "address", w->what);
}

static judge *const judges[] = {
	[STAGE_ROUTE] = judge_found, [STAGE_NAME] = judge_found,
	[STAGE_CONNECT] = judge_connection, [STAGE_GREETING] = judge_reply,
	[STAGE_HELLO] = judge_hello, [STAGE_TLS] = judge_tls,
	[STAGE_AUTH] = judge_login, [STAGE_MAIL] = judge_address,
	[STAGE_RCPT] = judge_address,
};

/* ---- looking on ---------------------------------------------------------- */

/* An address, or the path of a socket, that stands for itself. */
static bool
is_plain(enum stage stage, const struct under_way *w)
{
	return stage == STAGE_NAME && w->noted == 1 &&
	    str_eq(str_of(w->what), buf_view(&w->notes));
}

static void
begin(struct under_way *w, const char *what)
{
	if (w->open)
		return;
	w->open = true;
	w->since = clock_ms();
	w->noted = 0;
	(void)strlcpy(w->what, what, sizeof(w->what));
	buf_clear(&w->notes);
}

static void
note(struct under_way *w, const char *text)
{
	if (!w->open)
		return;
	(void)buf_fmt(&w->notes, "%s%s", w->noted++ > 0 ? ", " : "", text);
}

/* The step of a stage that is over. */
static void
start_step(struct step *s, enum stage stage, struct under_way *w)
{
	step_begin(s, names[stage]);
	s->ms = -w->since;
	w->open = false;
}

static void
see(struct watch *watch, enum stage stage, enum sight sight,
    const char *text)
{
	struct exam *e = (struct exam *)watch;
	struct under_way *w = &e->stage[stage];
	struct step s;

	if (sight == SIGHT_BEGUN)
		begin(w, text);
	else if (sight == SIGHT_NOTED)
		note(w, text);
	else if (w->open) {
		start_step(&s, stage, w);
		if (is_plain(stage, w))
			return;
		judges[stage](e, w, &s, text);
		paper_step(e->paper, &s);
	}
}

/* The server is named in the step of the connection. */
static const char *
without_peer(const struct exam *e, const char *text)
{
	const char *peer = e->courier->session.peer;
	size_t n = strlen(peer);

	return n > 0 && strncmp(text, peer, n) == 0 && text[n] == ':' ?
	    text + n + 2 : text;
}

/* The stage that was begun last; of a tie, the later one. */
static void
failed(struct watch *watch, const struct fault *why)
{
	struct exam *e = (struct exam *)watch;
	int last = -1;
	struct step s;

	for (int i = 0; i < STAGES; i++)
		if (e->stage[i].open && (last < 0 ||
		    e->stage[i].since >= e->stage[last].since))
			last = i;
	if (last < 0)
		return;
	start_step(&s, (enum stage)last, &e->stage[last]);
	if (last >= STAGE_MAIL || last == STAGE_NAME || last == STAGE_ROUTE)
		step_say(&s, last >= STAGE_MAIL ? "<%s>: %s" : "%s: %s",
		    e->stage[last].what, why->text);
	else
		step_say(&s, "%s", without_peer(e, why->text));
	step_judge(&s, STEP_FAILURE, "%s", advice((enum stage)last,
	    why->text));
	if (strstr(why->text, "timed out") != NULL)
		step_say(&s, "--check waits for %d seconds at most",
		    EXAM_PATIENCE_MS / 1000);
	step_number(&s, "exit", why->code);
	paper_step(e->paper, &s);
}

void
exam_open(struct exam *e, struct courier *courier, struct paper *paper)
{
	*e = (struct exam){ .watch = { see, failed }, .courier = courier,
	    .paper = paper };
	for (int i = 0; i < STAGES; i++)
		buf_init(&e->stage[i].notes, NOTES_MAX);
	courier->watch = &e->watch;
}

void
exam_close(struct exam *e)
{
	for (int i = 0; i < STAGES; i++)
		buf_free(&e->stage[i].notes);
	e->courier->watch = NULL;
}

/* SPDX-License-Identifier: ISC */
/*
 * The server's side of SMTP, as sendmail -bs offers it on standard input and
 * output: RFC 5321, 1870 (SIZE), 2920 (PIPELINING), 3030 (CHUNKING), 3461
 * (DSN), 6152 (8BITMIME), 6531 (SMTPUTF8).  It knows the dialogue and nothing
 * of relays.  Only CRLF.CRLF ends a message: no other line end does.
 */
#include <sys/socket.h>

#include <inttypes.h>
#include <unistd.h>

#include "smtp/server.h"
#include "smtp/server_input.h"

enum {
	BDAT_DIGITS = 18, LINE_MAX_OCTETS = 2048, INPUT_MAX = 64 * 1024,
	OUTPUT_MAX = 1024 * 1024
};

static void
say(struct server *s, const char *line)
{
	(void)buf_fmt(&s->output, "%s\r\n", line);
}

void
server_open(struct server *s, const char *hostname,
    const struct message_limits *limits)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);

	*s = (struct server){ .in = STDIN_FILENO, .out = STDOUT_FILENO,
	    .hostname = hostname, .limits = *limits };
	s->limits.dots = true;		/* lines have no lone dots here */
	s->socket = getsockname(s->in, (struct sockaddr *)&name, &size) == 0;
	buf_init(&s->input, INPUT_MAX);
	buf_init(&s->line, LINE_MAX_OCTETS);
	buf_init(&s->output, OUTPUT_MAX);
	(void)buf_fmt(&s->output, "220 %s ESMTP sendlet\r\n", hostname);
}

void
server_free(struct server *s)
{
	buf_free(&s->input);
	buf_free(&s->line);
	buf_free(&s->output);
}

/* "<path> parameters" apart; a missing "<>" is forgiven, as sendmail does. */
static bool
split_path(struct str text, struct server_request *r)
{
	bool quoted = false;
	size_t i = 0;

	text = str_trim(text);
	if (text.n > 0 && text.p[0] != '<') {
		(void)str_word(&text, &r->address);
		r->parameters = str_trim(text);
		return r->address.n > 0;
	}
	for (; i < text.n && (quoted || text.p[i] != '>'); i++) {
		if (quoted && text.p[i] == '\\')
			i++;
		else if (text.p[i] == '"')
			quoted = !quoted;
	}
	if (i >= text.n)
		return false;
	r->address = (struct str){ text.p + 1, i - 1 };
	/* A route is known by its brackets only (RFC 5321 appendix C). */
	if (text.p[1] == '@')
		r->address = (struct str){ text.p, i + 1 };
	text.p += i + 1;
	text.n -= i + 1;
	r->parameters = str_trim(text);
	return r->parameters.n == 0 || text.p[0] == ' ';
}

bool
server_parameter(const struct server_request *r, const char *name,
    struct str *value)
{
	struct str rest = r->parameters, word, key;

	while (str_word(&rest, &word)) {
		(void)str_cut(&word, '=', &key);
		if (str_ieq(key, str_of(name))) {
			*value = word;
			return true;
		}
	}
	*value = (struct str){ NULL, 0 };
	return false;
}

/* True when every parameter is one of these blank separated names. */
static bool
parameters_known(const struct server_request *r, const char *names)
{
	struct str rest = r->parameters, word, key, name;

	while (str_word(&rest, &word)) {
		struct str list = str_of(names);
		bool known = false;

		(void)str_cut(&word, '=', &key);
		while (str_word(&list, &name))
			known |= str_ieq(key, name);
		if (!known)
			return false;
	}
	return true;
}

/* HELO and EHLO; either takes back what was begun (section 4.1.4). */
static void
hello(struct server *s, struct str argument, bool extended)
{
	if (argument.n == 0) {
		say(s, "501 5.5.4 HELO and EHLO need a host name");
		return;
	}
	s->greeted = true;
	if (!extended) {
		(void)buf_fmt(&s->output, "250 %s\r\n", s->hostname);
		return;
	}
	(void)buf_fmt(&s->output, "250-%s\r\n250-PIPELINING\r\n250-SIZE %"
	    PRIu64 "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n"
	    "250-DELIVERBY\r\n250-MT-PRIORITY\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n", s->hostname,
	    s->limits.size);
}

/* True when SIZE= is a number and not above the limit; else answers. */
static bool
size_fits(struct server *s, const struct server_request *r)
{
	struct str value;
	uint64_t size = 0;

	if (!server_parameter(r, "SIZE", &value))
		return true;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9' || i >= 19) {
			say(s, "501 5.5.4 SIZE: not a number");
			return false;
		}
		size = size * 10 + (uint64_t)(value.p[i] - '0');
	}
	if (s->limits.size == 0 || size <= s->limits.size)
		return true;
	say(s, "552 5.3.4 message larger than max-message-size");
	return false;
}

static bool
ask_mail(struct server *s, struct str argument, struct server_request *r)
{
	if (!s->greeted)
		say(s, "503 5.5.1 say HELO or EHLO first");
	else if (s->mail)
		say(s, "503 5.5.1 a mail is open already");
	else if (!str_istarts(argument, STR("FROM:")))
		say(s, "501 5.5.4 MAIL FROM:<address>");
	else if (!split_path((struct str){ argument.p + 5, argument.n - 5 }, r))
		say(s, "501 5.1.7 no sender address");
	else if (!parameters_known(r, "SIZE BODY SMTPUTF8 RET ENVID AUTH "
	    "BY MT-PRIORITY REQUIRETLS"))
		say(s, "555 5.5.4 unknown parameter of MAIL");
	else if (size_fits(s, r)) {
		r->verb = SERVER_MAIL;
		return true;
	}
	return false;
}

static bool
ask_rcpt(struct server *s, struct str argument, struct server_request *r)
{
	if (!s->mail)
		say(s, "503 5.5.1 MAIL first");
	else if (!str_istarts(argument, STR("TO:")))
		say(s, "501 5.5.4 RCPT TO:<address>");
	else if (!split_path((struct str){ argument.p + 3, argument.n - 3 },
	    r) || r->address.n == 0)
		say(s, "501 5.1.3 no recipient address");
	else if (!parameters_known(r, "NOTIFY ORCPT"))
		say(s, "555 5.5.4 unknown parameter of RCPT");
	else if (s->rcpts >= SERVER_RCPT_MAX)
		say(s, "452 4.5.3 too many recipients");
	else {
		r->verb = SERVER_RCPT;
		return true;
	}
	return false;
}

/* Starts the message, or goes on with it after a BDAT. */
static void
begin_message(struct server *s, struct message *m)
{
	if (s->message != NULL)
		return;
	s->message = m;
	s->refused.code = 0;
	intake_start(&s->intake, m, &s->limits, &s->refused);
}

/* The message is complete: true when the caller may have it. */
static bool
end_message(struct server *s, struct server_request *r)
{
	if (s->refused.code == 0)
		(void)intake_end(&s->intake);
	if (s->refused.code == 0) {
		s->message = NULL;
		r->verb = SERVER_DATA;
		return true;
	}
	(void)buf_fmt(&s->output, "%s %s\r\n", s->refused.code == EX_DATAERR ?
	    "552 5.3.4" : "451 4.3.0", s->refused.text);
	server_forget(s);
	return false;
}

/* DATA: 1 when the message is complete, 0 to go on, -1 when the client went. */
static int
take_data(struct server *s, struct message *m, struct server_request *r,
    struct fault *f)
{
	if (s->rcpts == 0 || s->message != NULL) {
		say(s, s->message != NULL ? "503 5.5.1 BDAT has begun" :
		    "503 5.5.1 RCPT first");
		return 0;
	}
	say(s, "354 end with <CRLF>.<CRLF>");
	begin_message(s, m);
	if (input_data(s, f) != 0)
		return -1;
	return end_message(s, r);
}

/* BDAT SIZE [LAST], RFC 3030: the octets follow at once in any case. */
static int
take_chunk(struct server *s, struct message *m, struct str argument,
    struct server_request *r, struct fault *f)
{
	struct str size, last;
	uint64_t n = 0;

	(void)str_word(&argument, &size);
	(void)str_word(&argument, &last);
	for (size_t i = 0; i < size.n; i++) {
		if (size.p[i] < '0' || size.p[i] > '9' || i >= BDAT_DIGITS)
			size.n = 0;
		else
			n = n * 10 + (uint64_t)(size.p[i] - '0');
	}
	if (size.n == 0 || (last.n > 0 && !str_ieq(last, STR("LAST")))) {
		/* Where the next command starts cannot be known. */
		s->quit = true;
		say(s, "501 5.5.4 BDAT SIZE [LAST]");
		return 0;
	}
	if (s->rcpts == 0) {
		if (input_chunk(s, n, f) != 0)
			return -1;
		say(s, "503 5.5.1 RCPT first");
		return 0;
	}
	begin_message(s, m);
	if (input_chunk(s, n, f) != 0)
		return -1;
	if (last.n > 0)
		return end_message(s, r);
	(void)buf_fmt(&s->output, "250 2.0.0 %" PRIu64 " octets\r\n", n);
	return 0;
}

/* Commands that concern nobody but the two of us; false when unknown. */
static bool
small_talk(struct server *s, struct str verb)
{
	static const struct {
		const char	*verb, *answer;
	} talk[] = {
		{ "NOOP", "250 2.0.0 Ok" },
		{ "HELP", "214 2.0.0 HELO EHLO MAIL RCPT DATA BDAT RSET NOOP "
		    "VRFY EXPN HELP QUIT" },
		{ "VERB", "250 2.0.0 Ok" },
		{ "SEND", "502 5.5.1 not implemented" },
		{ "SOML", "502 5.5.1 not implemented" },
		{ "SAML", "502 5.5.1 not implemented" },
		{ "TURN", "502 5.5.1 not implemented" },
		{ "ETRN", "502 5.5.1 not implemented" },
		{ "AUTH", "502 5.5.1 not needed here" },
		{ "STARTTLS", "502 5.5.1 not needed here" },
	};

	for (size_t i = 0; i < sizeof(talk) / sizeof(talk[0]); i++)
		if (str_ieq(verb, str_of(talk[i].verb))) {
			say(s, talk[i].answer);
			return true;
		}
	if (!str_ieq(verb, STR("QUIT")))
		return false;
	s->quit = true;
	(void)buf_fmt(&s->output, "221 2.0.0 %s bye\r\n", s->hostname);
	return true;
}

/* One command: 1 when the caller must answer it, 0, or -1. */
static int
dispatch(struct server *s, struct str line, struct message *m,
    struct server_request *r, struct fault *f)
{
	struct str verb;

	(void)str_word(&line, &verb);
	line = str_trim(line);
	*r = (struct server_request){ .address = line };
	if (str_ieq(verb, STR("HELO")) || str_ieq(verb, STR("EHLO"))) {
		hello(s, line, ascii_lower(verb.p[0]) == 'e');
		r->verb = SERVER_RESET;
		return line.n > 0;
	}
	if (str_ieq(verb, STR("MAIL")))
		return ask_mail(s, line, r);
	if (str_ieq(verb, STR("RCPT")))
		return ask_rcpt(s, line, r);
	if (str_ieq(verb, STR("DATA")))
		return take_data(s, m, r, f);
	if (str_ieq(verb, STR("BDAT")))
		return take_chunk(s, m, line, r, f);
	if (str_ieq(verb, STR("RSET"))) {
		say(s, "250 2.0.0 Ok");
		r->verb = SERVER_RESET;
		return 1;
	}
	if (str_ieq(verb, STR("VRFY")) || str_ieq(verb, STR("EXPN"))) {
		r->verb = ascii_lower(verb.p[0]) == 'v' ? SERVER_VERIFY :
		    SERVER_EXPAND;
		return 1;
	}
	if (!small_talk(s, verb))
		say(s, "500 5.5.2 unknown command");
	return 0;
}

int
server_next(struct server *s, struct message *m, struct server_request *r,
    struct fault *f)
{
	struct str line;
	int status = 0;

	while (status == 0) {
		if (s->quit) {
			(void)input_flush(s, f);
			return 0;
		}
		/* Clients may pipeline more than there is room to answer. */
		if (s->output.n > OUTPUT_MAX / 2 && input_flush(s, f) != 0)
			return -1;
		status = input_line(s, &line, f);
		if (status == 0)
			return s->mail ? fault(f, EX_NOINPUT, "standard "
			    "input: ended in the middle of a mail") : 0;
		if (status > 0)
			status = dispatch(s, line, m, r, f);
	}
	if (status > 0 && r->verb == SERVER_RESET)
		server_forget(s);
	return status;
}

void
server_forget(struct server *s)
{
	s->mail = false;
	s->rcpts = 0;
	if (s->message != NULL) {
		message_free(s->message);
		message_init(s->message);
		s->message = NULL;
	}
}

void
server_reply(struct server *s, const struct server_request *r, int code,
    const char *text)
{
	struct str rest = str_of(text), line;
	bool yes = code / 100 == 2;

	while (str_cut(&rest, '\n', &line))
		(void)buf_fmt(&s->output, "%d%c%.*s\r\n", code,
		    rest.p != NULL ? '-' : ' ', STR_ARG(str_trim(line)));
	if (r->verb == SERVER_MAIL)
		s->mail = yes;
	else if (r->verb == SERVER_RCPT)
		s->rcpts += yes;
	else if (r->verb == SERVER_DATA)
		server_forget(s);
}

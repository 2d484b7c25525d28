/* SPDX-License-Identifier: ISC */
/*
 * Intake and header rewriting.  The first octet says in what pieces the rest
 * arrives, which options hold, and whether the first line is no part of it but
 * the full name of who sends it.  Whatever comes in, what leaves must be
 * lines that end in CRLF with no other CR, LF or NUL, with a blank line behind
 * the header, no Bcc, and the same for every way of cutting the input.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/header.h"
#include "mail/intake.h"
#include "mail/mail.h"
#include "mail/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
need(bool what)
{
	if (!what)
		abort();
}

static int
read_in(struct message *m, struct str s, size_t piece, bool dots)
{
	const struct message_limits limits = { .dots = dots,
	    .size = dots ? 5000 : 0 };
	struct fault f;
	struct intake in;

	message_init(m);
	intake_start(&in, m, &limits, &f);
	while (s.n > 0) {
		size_t n = piece < s.n ? piece : s.n;

		if (intake_take(&in, (struct str){ s.p, n }) != 0)
			return -1;
		s.p += n;
		s.n -= n;
	}
	return intake_end(&in);
}

static struct str
body(const struct message *m)
{
	return buf_view(&m->body.tail);
}

/* Every line whole, and nothing in it that must not be. */
static void
check_lines(struct str s)
{
	need(s.n == 0 || (s.n >= 2 && memcmp(s.p + s.n - 2, "\r\n", 2) == 0));
	for (size_t i = 0; i < s.n; i++) {
		need(s.p[i] != '\0');
		if (s.p[i] == '\n')
			need(i > 0 && s.p[i - 1] == '\r');
		if (s.p[i] == '\r')
			need(i + 1 < s.n && s.p[i + 1] == '\n');
	}
}

/* Dots that start a line are found, all of them and no others. */
static void
check_dots(struct str s)
{
	while (s.n > 0) {
		const char *dot = memmem(s.p, s.n, "\n.", 2);
		size_t n = scan_to_dot(s);

		need(n == (dot != NULL ? (size_t)(dot + 1 - s.p) : s.n));
		s.p += n;
		s.n -= n;
	}
}

/* No line is longer than a relay must take. */
static void
check_lengths(struct str s)
{
	struct str line;

	while (str_cut(&s, '\r', &line))
		need(line.n <= 1 + MESSAGE_LINE_MAX);
}

/* Takes the prefix off the text if it is there. */
static bool
skip(struct str *text, struct str prefix)
{
	if (!str_istarts(*text, prefix))
		return false;
	text->p += prefix.n;
	text->n -= prefix.n;
	return true;
}

/* What was not to be removed is there in its order, but for added domains. */
static void
check_kept(struct str before, struct str after)
{
	struct field field;

	while (header_next(&before, &field)) {
		if (header_is(&field, "Bcc") || header_is(&field, "Resent-Bcc")
		    || header_is(&field, "Return-Path") ||
		    header_is(&field, "Content-Length"))
			continue;
		for (size_t i = 0; i < field.raw.n; i++) {
			struct str next = { field.raw.p + i, 1 };

			/* Blanks before the colon. */
			if (i >= field.name.n && next.p + 1 < field.body.p)
				continue;
			while (after.n > 0 && after.p[0] != *next.p &&
			    (skip(&after, STR("@example.org")) ||
			    skip(&after, STR("\r\n "))))
				continue;
			need(after.n > 0 && after.p[0] == *next.p);
			after.p++;
			after.n--;
		}
	}
}

/* One From with one address, ours. */
static void
check_forced(const struct field *field, const char *force, int *authors)
{
	struct addr a;
	struct fault f;

	need(addr_single(field->body, &a, &f) == 0);
	need(strcmp(a.spec, force) == 0);
	++*authors;
}

/* force: the only author there may be; or NULL.  mapped: some are others. */
static void
check_rewritten(struct message *m, const char *name, const char *force,
    bool mapped)
{
	static struct stamp stamp = { 1000000000, 1 };
	static const struct sender_map map = { .domain = "example.org",
	    .hostname = "h.example.org",
	    .pairs = "*t kit@example.net <> %h@%d r* %u@example.com" };
	const struct identity id = { .address = "kit@example.org",
	    .name = name, .domain = "example.org", .hostname = "h.example.org",
	    .force = force, .map = mapped ? &map : NULL, .stamp = &stamp };
	struct pieces pieces = { 0 };
	struct fault f;
	struct buf text;
	struct field field;
	struct str rest;
	int authors = 0;

	need(rewrite_header(&pieces, m, &id, &f) == 0);
	buf_init(&text, 4 * MESSAGE_HEADER_MAX);
	for (size_t i = 0; i < pieces.count; i++)
		need(buf_str(&text, pieces.piece[i].text) == 0);
	check_lines(buf_view(&text));
	need(text.n > 2 && memcmp(text.p + text.n - 2, "\r\n", 2) == 0);
	rest = buf_view(&text);
	if (m->long_line == 0)
		check_lengths(rest);
	/* What is ours and not at the end is the Resent- block. */
	if (pieces.count > 1 && pieces.piece[0].own != NULL)
		(void)skip(&rest, pieces.piece[0].text);
	if (force == NULL && !mapped && pieces.packed.n == 0)
		check_kept(buf_view(&m->header), rest);
	rest = (struct str){ text.p, text.n - 2 };
	while (header_next(&rest, &field)) {
		need(field.name.n > 0);
		need(!header_is(&field, "Bcc"));
		need(!header_is(&field, "Resent-Bcc"));
		if (force != NULL && header_is(&field, "From"))
			check_forced(&field, force, &authors);
	}
	need(force == NULL || authors == 1);
	rest = (struct str){ text.p, text.n - 2 };
	need(header_has(rest, "From") && header_has(rest, "Date"));
	buf_free(&text);
	pieces_free(&pieces);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message whole, cut;
	struct str s, line = STR("Kit");
	bool dots;
	char *name;
	int status;

	if (size < 1)
		return 0;
	s = (struct str){ (const char *)data + 1, size - 1 };
	dots = (data[0] & 128) != 0;
	if ((data[0] & 64) != 0)
		(void)str_cut(&s, '\n', &line);
	need((name = strndup(line.p == NULL ? "" : line.p, line.n)) != NULL);
	status = read_in(&whole, s, SIZE_MAX, dots);
	need(status == read_in(&cut, s, 1 + (data[0] & 63), dots));
	if (status == 0) {
		need(str_eq(buf_view(&whole.header), buf_view(&cut.header)));
		need(str_eq(body(&whole), body(&cut)));
		need(whole.long_line == cut.long_line &&
		    whole.long_length == cut.long_length &&
		    whole.body_8bit == cut.body_8bit &&
		    whole.header_8bit == cut.header_8bit &&
		    whole.body_dots == cut.body_dots);
		check_lines(buf_view(&whole.header));
		check_lines(body(&whole));
		/* Pieces that it is read in may end anywhere. */
		for (size_t n = body(&whole).n, less = 0; less < 8 &&
		    less <= n; less++)
			check_dots((struct str){ body(&whole).p, n - less });
		check_rewritten(&whole, name, NULL, false);
		check_rewritten(&whole, name, NULL, true);
		check_rewritten(&whole, name, "only@example.com", true);
	}
	message_free(&whole);
	message_free(&cut);
	free(name);
	return 0;
}

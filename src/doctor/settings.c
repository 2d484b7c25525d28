/* SPDX-License-Identifier: ISC */
/*
 * What can be looked at without asking anybody: the configuration, the files
 * it names, the spool.  Of a secret no more is shown than where it is kept.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <bsd/grp.h>
#include <bsd/pwd.h>

#include "delivery/place.h"
#include "delivery/stats.h"
#include "doctor/settings.h"

enum { LINES_MAX = 512, LITTLE_ROOM = 10 * 1024 * 1024, LONG_WAIT = 24 * 3600 };

/* ---- the configuration --------------------------------------------------- */

/* Adds numbers that come in order to "1, 3-8". */
static void
add_line(struct buf *b, unsigned line, unsigned *first, unsigned *last)
{
	if (*last != 0 && line <= *last + 1) {
		*last = line > *last ? line : *last;
		return;
	}
	if (*last != 0)
		(void)buf_fmt(b, *first == *last ? "%s%u" : "%s%u-%u",
		    b->n > 0 ? ", " : "", *first, *last);
	*first = *last = line;
}

/* The lines that count, or those that do not. */
static unsigned
list_lines(struct buf *b, const struct origins *o, bool counting)
{
	unsigned first = 0, last = 0, n = 0;

	buf_init(b, LINES_MAX);
	for (size_t i = 0; i < o->count; i++) {
		const struct origin *one = &o->list[i];

		if (one->line == 0 || origins_count(o, one) != counting)
			continue;
		n++;
		add_line(b, one->line, &first, &last);
	}
	/* What no line follows: the last of them is written down. */
	add_line(b, last + 2, &first, &last);
	return n;
}

static void
say_variables(struct step *s, const struct origins *o)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].line == 0)
			step_say(s, "%s is set by the environment",
			    o->list[i].keyword->name);
}

void
settings_file(struct paper *p, const struct origins *o)
{
	struct buf good, bad;
	struct step s;
	unsigned n = list_lines(&good, o, true);
	unsigned m = list_lines(&bad, o, false);

	step_begin(&s, "configuration");
	if (o->owner[0] == '\0')
		step_say(&s, "no %s", o->file);
	else
		step_say(&s, "%s (%s)", o->file, o->owner);
	step_text(&s, "file", o->owner[0] == '\0' ? "" : o->file);
	if (n > 0) {
		step_say(&s, "%u setting%s in line%s %.*s", n,
		    n == 1 ? "" : "s", n == 1 ? "" : "s",
		    STR_ARG(buf_view(&good)));
		step_text(&s, "lines", buf_cstr(&good));
	}
	say_variables(&s, o);
	if (m > 0) {
		step_say(&s, "without effect: line%s %.*s", m == 1 ? "" : "s",
		    STR_ARG(buf_view(&bad)));
		step_judge(&s, STEP_WARNING, "a variable, or a setting of "
		    "every relay, is in their place: take them out");
	}
	buf_free(&good);
	buf_free(&bad);
	paper_step(p, &s);
}

void
settings_failed(struct paper *p, const struct origins *o, struct str errors,
    const struct fault *why)
{
	struct str line;
	struct step s;

	while (str_cut(&errors, '\n', &line)) {
		if (line.n == 0)
			continue;
		step_begin(&s, "configuration");
		step_say(&s, "%.*s", STR_ARG(line));
		step_judge(&s, STEP_FAILURE, "%s", "");
		paper_step(p, &s);
	}
	step_begin(&s, "configuration");
	if (o->owner[0] != '\0')
		step_say(&s, "%s (%s)", o->file, o->owner);
	step_say(&s, "%s", why->text);
	step_judge(&s, STEP_FAILURE, "%s", why->code == EX_CONFIG ?
	    "see sendlet.conf(5)" : "");
	step_number(&s, "exit", why->code);
	paper_step(p, &s);
}

/* ---- other files --------------------------------------------------------- */

/* A file by its name: it may be gone, and opened it was before. */
static void
look_at(struct step *s, const char *what, const char *path, bool secret)
{
	struct stat st;

	if (path == NULL)
		return;
	if (stat(path, &st) != 0) {
		step_say(s, "%s %s (cannot be looked at now)", what, path);
		return;
	}
	step_say(s, "%s %s (owner %.48s, group %.48s, mode %04o)", what, path,
	    user_from_uid(st.st_uid, 0), group_from_gid(st.st_gid, 0),
	    (unsigned)st.st_mode & 07777);
	if (secret && (st.st_mode & S_IROTH) != 0)
		step_judge(s, STEP_WARNING, "everybody can read the secret: "
		    "chmod o-r %s", path);
}

/* Where a password is, never what it is. */
static void
look_at_secret(struct step *s, const char *value)
{
	const struct str file = STR("file:");

	if (value == NULL)
		return;
	if (str_istarts(str_of(value), file))
		look_at(s, "password", value + file.n, true);
	else if (str_istarts(str_of(value), STR("env:")))
		step_say(s, "password from a variable");
	else if (str_istarts(str_of(value), STR("credential:")))
		step_say(s, "password from systemd");
	else if (str_istarts(str_of(value), STR("command:")))
		step_say(s, "password from a program");
	else
		step_say(s, "password in the configuration itself");
}

/* The third word of each entry. */
static void
look_at_keys(struct step *s, const char *entries)
{
	struct str rest = str_of(entries), word;
	char path[1024];

	for (unsigned i = 0; str_word(&rest, &word); i++) {
		if (i % 3 != 2 || word.n >= sizeof(path))
			continue;
		(void)snprintf(path, sizeof(path), "%.*s", STR_ARG(word));
		look_at(s, "dkim-sign", path, true);
	}
}

void
settings_files(struct paper *p, const struct conf *conf)
{
	const struct relay *r;
	struct step s;

	step_begin(&s, "files");
	if (conf->aliases != NULL && conf->aliases[0] == '/')
		look_at(&s, "aliases", conf->aliases, false);
	look_at_keys(&s, conf->dkim.sign);
	if (s.text[0] != '\0')
		paper_step(p, &s);
	STAILQ_FOREACH(r, &conf->relays, next) {
		step_begin(&s, "files");
		look_at_secret(&s, r->password);
		look_at(&s, "ca-file", r->tls_pin == NULL ? r->ca_file : NULL,
		    false);
		look_at(&s, "tls-cert", r->tls_cert, false);
		look_at(&s, "tls-key", r->tls_key, true);
		if (s.text[0] != '\0')
			paper_step(p, &s);
	}
}

/* ---- the spool ----------------------------------------------------------- */

static void
count_spool(struct step *s, const struct conf *conf)
{
	struct stats n;
	struct fault f;
	uint64_t all;

	if (stats_collect(&n, conf, &f) != 0) {
		if (f.code != EX_UNAVAILABLE)
			step_say(s, "%s", f.text);
		stats_free(&n);
		return;
	}
	all = n.queued + n.held + n.dead;
	step_say(s, "%" PRIu64 " message%s, %" PRIu64 " held, %" PRIu64
	    " dead", all, all == 1 ? "" : "s", n.held, n.dead);
	step_number(s, "messages", (int64_t)all);
	step_number(s, "octets", (int64_t)n.octets);
	step_number(s, "dead", (int64_t)n.dead);
	if (n.oldest > 0)
		step_number(s, "oldest", n.oldest);
	if (n.oldest > 0 && n.now - n.oldest > LONG_WAIT) {
		step_say(s, "the oldest is waiting for %" PRId64 " hours",
		    (n.now - n.oldest) / 3600);
		step_judge(s, STEP_WARNING, "mailq tells why");
	}
	if (n.dead > 0 || n.damaged > 0)
		step_judge(s, STEP_WARNING, "see mailq; --release tries a dead "
		    "message again, --delete removes it");
	stats_free(&n);
}

static void
look_for_room(struct step *s, int dir)
{
	struct statvfs v;
	uint64_t room;

	if (fstatvfs(dir, &v) != 0)
		return;
	room = (uint64_t)v.f_bavail * v.f_frsize;
	step_number(s, "room", (int64_t)room);
	if (room >= LITTLE_ROOM)
		return;
	step_say(s, "room for %" PRIu64 " octets", room);
	step_judge(s, STEP_WARNING, "make room on the disk");
}

void
settings_spool(struct paper *p, const struct conf *conf)
{
	struct step s;

	step_begin(&s, "spool");
	if (conf->place != NULL) {
		step_say(&s, "%s", conf->place->path);
		step_text(&s, "spool", conf->place->path);
		look_for_room(&s, conf->place->dir);
	} else if (conf->spool != NULL && conf->spool[0] != '/') {
		step_say(&s, "off");
	} else {
		step_say(&s, "%s", conf->no_place->text);
		if (conf->no_place->code != EX_UNAVAILABLE)
			step_judge(&s, STEP_FAILURE, "%s", "");
		else if (strstr(conf->no_place->text, "none") != NULL)
			step_judge(&s, STEP_WARNING, "mail that the relay does "
			    "not take for now is lost: set spool");
		else
			step_say(&s, "it is made when it is needed");
	}
	count_spool(&s, conf);
	paper_step(p, &s);
}

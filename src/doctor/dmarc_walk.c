/* SPDX-License-Identifier: ISC */
/*
 * Whose DMARC record holds: the tree walk that replaces RFC 7489's list of
 * public suffixes.  From the domain upwards one label is taken off each time;
 * of many labels only the last seven are looked at.  A record with psd=n is
 * the organisation's, below one with psd=y it begins, and otherwise the
 * highest one is.
 */
#include <stdio.h>
#include <string.h>
#include <bsd/string.h>

#include "doctor/dmarc_walk.h"

enum { QUERIES_MAX = 8, RECORD_MAX = 64 * 1024 };

static unsigned
labels(const char *domain)
{
	unsigned n = 1;

	for (; *domain != '\0'; domain++)
		n += *domain == '.';
	return n;
}

/* Without its first label; NULL: it has one only. */
static const char *
parent(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot == NULL ? NULL : dot + 1;
}

/* The record of one domain: 1, 0 when it has none that counts, -1. */
static int
fetch(struct dmarc_walk *w, const struct lookup *l, const char *domain,
    struct dmarc *record)
{
	char name[ANSWER_NAME + 8];
	struct buf text;
	struct fault f;
	int found;

	(void)snprintf(name, sizeof(name), "_dmarc.%s", domain);
	buf_init(&text, RECORD_MAX);
	found = strlen(name) < ANSWER_NAME ?
	    lookup_text(l, name, dmarc_is, &text, &f) : 0;
	if (found > 0 && dmarc_parse(buf_view(&text), record, &f) != 0)
		found = fault(&f, EX_DATAERR, "%s: %s", name, f.text);
	buf_free(&text);
	if (found < 0 && w->why.code == 0)
		w->why = f;
	return found < 0 && f.code == EX_DATAERR ? 0 : found;
}

/* A record on the way up; true: it ends there. */
static bool
climb(struct dmarc_walk *w, const char *domain, const char *below,
    const struct dmarc *record)
{
	if (w->from[0] == '\0') {
		(void)strlcpy(w->from, domain, sizeof(w->from));
		w->record = *record;
	}
	if (record->psd == 'y' && below != NULL) {
		(void)strlcpy(w->organisation, below, sizeof(w->organisation));
		return true;
	}
	(void)strlcpy(w->organisation, domain, sizeof(w->organisation));
	return record->psd == 'n';
}

int
dmarc_find(struct dmarc_walk *w, const struct lookup *l, const char *domain)
{
	const char *at = domain, *below = NULL;
	struct dmarc record;
	int found;

	*w = (struct dmarc_walk){ .from = "" };
	(void)strlcpy(w->organisation, domain, sizeof(w->organisation));
	for (unsigned n = 0; n < QUERIES_MAX && at != NULL; n++) {
		found = fetch(w, l, at, &record);
		/* Above a record it is only about what it belongs to. */
		if (found < 0)
			return w->from[0] == '\0' ? -1 : 0;
		if (found > 0 && climb(w, at, below, &record))
			return 0;
		below = at;
		at = parent(at);
		while (at != NULL && labels(at) > QUERIES_MAX - 1)
			at = parent(at);
	}
	return 0;
}

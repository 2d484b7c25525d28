/* SPDX-License-Identifier: ISC */
/*
 * The machine and the user as a mail shows them: sender address, full name,
 * the domain of bare names, and what a relay wants of these.  What costs a
 * look-up is looked up when needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bsd/string.h>

#include "config/list.h"
#include "delivery/self.h"
#include "mail/header.h"

enum { HOPS_MAX = 100, MAP_MAX = 256 * 1024 };

void
self_know(struct self *self, const struct claim *claim,
    const struct conf *conf)
{
	*self = (struct self){ .claim = claim, .conf = conf };
	if (conf->hostname == NULL)
		self->qualified = host_name(self->host);
	else {
		self->qualified = strchr(conf->hostname, '.') != NULL;
		(void)strlcpy(self->host, conf->hostname,
		    sizeof(self->host));
	}
	self->domain = conf->domain != NULL ? conf->domain : self->host;
}

const char *
self_ehlo(const struct self *self)
{
	return self->qualified ? self->host : NULL;
}

static const struct host_user *
know_user(struct self *self)
{
	if (!self->known)
		host_user(&self->user);
	self->known = true;
	return &self->user;
}

/* A login is a local part, in quotes when it is not made of plain words. */
static void
put_login(struct buf *b, const char *login)
{
	bool plain = true;

	for (const char *c = login; *c != '\0'; c++)
		plain = plain && strchr(" \t\"(),:;<>@[\\].", *c) == NULL;
	if (plain) {
		(void)buf_puts(b, login);
		return;
	}
	(void)buf_char(b, '"');
	for (; *login != '\0'; login++) {
		if (*login == '"' || *login == '\\')
			(void)buf_char(b, '\\');
		(void)buf_char(b, *login);
	}
	(void)buf_char(b, '"');
}

/* Fills in %u, %h and %d; "%%" is "%". */
static void
expand(struct self *self, struct buf *b, const char *template)
{
	for (const char *c = template; *c != '\0'; c++) {
		if (*c != '%' || c[1] == '\0') {
			(void)buf_char(b, *c);
			continue;
		}
		c++;
		if (*c == 'u')
			put_login(b, know_user(self)->login);
		else if (*c == 'h' || *c == 'd')
			(void)buf_puts(b, *c == 'h' ? self->host :
			    self->domain);
		else
			(void)buf_char(b, *c);
	}
}

/* The address that a setting stands for. */
static int
resolve(struct self *self, const char *template, char address[ADDR_MAX + 1],
    struct fault *f)
{
	struct addr a;
	struct buf b;
	int status;

	buf_init(&b, 4096);
	expand(self, &b, template);
	status = addr_single(buf_view(&b), &a, f);
	buf_free(&b);
	if (status != 0)
		return fault(f, EX_CONFIG, "%s: %s", template, f->text);
	(void)strlcpy(address, a.spec, ADDR_MAX + 1);
	return 0;
}

/* The map with its templates filled in; it borrows from the buffer. */
static int
open_map(struct self *self, struct sender_map *map, struct buf *pairs,
    struct fault *f)
{
	*map = (struct sender_map){ .domain = self->domain,
	    .hostname = self->host };
	buf_init(pairs, MAP_MAX);
	if (self->conf->sender_map == NULL)
		return 0;
	expand(self, pairs, self->conf->sender_map);
	map->pairs = buf_cstr(pairs);
	return map->pairs != NULL ? 0 :
	    fault(f, EX_OSERR, "sender-map: out of memory");
}

/* What becomes of a sender: 1 with another address, 0, or -1. */
static int
map_sender(struct self *self, const char *address, char other[ADDR_MAX + 1],
    struct fault *f)
{
	struct sender_map map;
	struct buf pairs;
	int mapped = open_map(self, &map, &pairs, f);

	if (mapped == 0)
		mapped = sender_map(&map, address, other, f);
	buf_free(&pairs);
	return mapped;
}

/* The sender of who names none: his own, mapped, or the setting. */
static int
imply(struct self *self, const struct relay *r, struct mail *m,
    char address[ADDR_MAX + 1], struct fault *f)
{
	char own[ADDR_MAX + 1];
	int mapped;

	if (resolve(self, "%u@%d", own, f) != 0 ||
	    (mapped = map_sender(self, own, address, f)) < 0)
		return -1;
	m->own = mapped > 0 || r->from == NULL;
	if (mapped > 0)
		return 0;
	if (r->from != NULL)
		return resolve(self, r->from, address, f);
	(void)strlcpy(address, own, ADDR_MAX + 1);
	return 0;
}

/* The settings that hold when no relay is meant in particular. */
static const struct relay *
usual(const struct self *self)
{
	const struct relay *first = STAILQ_FIRST(&self->conf->relays);

	return first == NULL ? &self->conf->defaults : first;
}

/* What the settings ask of delivery, for every mail. */
static void
wish(const struct conf *conf, struct service *service)
{
	service->tls = conf->require_tls;
	service->prior = conf->priority > 0;
	service->priority = conf->priority > 0 ?
	    conf->priority - 1 + PRIORITY_MIN : 0;
	service->timed = conf->deliver_by > 0;
	service->back = conf->deliver_back != 0;
	service->by = time(NULL) + conf->deliver_by / 1000;
}

int
self_sender(struct self *self, struct mail *m, struct str text,
    struct fault *f)
{
	const struct qualifier q = { .domain = self->domain };
	char own[ADDR_MAX + 1], address[ADDR_MAX + 1];
	struct envelope *e = &m->envelope;
	const char *at;
	int mapped;

	wish(self->conf, &e->service);
	m->implied = text.p == NULL;
	if (m->implied)
		return imply(self, usual(self), m, address, f) != 0 ? -1 :
		    envelope_sender(e, str_of(address), &q, f);
	if (envelope_sender(e, text, &q, f) != 0)
		return -1;
	/* Without an address of his own, nobody is he. */
	at = strrchr(e->sender, '@');
	m->own = at != NULL && strcmp(at + 1, self->domain) == 0 &&
	    resolve(self, "%u@%d", own, f) == 0 && strcmp(own, e->sender) == 0;
	if ((mapped = map_sender(self, e->sender, address, f)) < 0)
		return -1;
	return mapped == 0 ? 0 : envelope_sender(e, str_of(address), &q, f);
}

/* The only address the relay takes, not filled in; NULL: it takes all. */
static const char *
forced(const struct relay *r)
{
	if (r->force_from == NULL || strcmp(r->force_from, "no") == 0)
		return NULL;
	if (strcmp(r->force_from, "yes") != 0)
		return r->force_from;
	return r->from != NULL ? r->from : r->user;
}

int
self_path(struct self *self, const struct relay *r, struct mail *m,
    struct fault *f)
{
	if (r == NULL)
		r = usual(self);
	/* The null sender stays: nobody may answer (RFC 5321 section 4.5.5). */
	if (m->envelope.sender[0] != '\0' && forced(r) != NULL)
		return resolve(self, forced(r), m->path, f);
	if (m->implied)
		return imply(self, r, m, m->path, f);
	(void)strlcpy(m->path, m->envelope.sender, sizeof(m->path));
	return 0;
}

/* -F, else what the environment or the passwd file says of the user. */
static const char *
full_name(struct self *self, const struct mail *m)
{
	const char *name;

	if (self->claim->name != NULL)
		return self->claim->name;
	/* Another sender's address must not carry this user's name. */
	if (!m->own)
		return NULL;
	name = getenv("NAME");
	return name != NULL ? name : know_user(self)->name;
}

/* A message that goes round in circles must stop (RFC 5321 section 6.3). */
static int
check_hops(const struct self *self, const struct mail *m, struct fault *f)
{
	struct str rest = buf_view(&m->message.header);
	int hops = self->claim->hops;
	struct field field;

	while (header_next(&rest, &field))
		hops += header_is(&field, "Received");
	return hops <= HOPS_MAX ? 0 : fault(f, EX_DATAERR, "message: too many "
	    "hops: %d, %d are allowed (RFC 5321 section 6.3)", hops, HOPS_MAX);
}

int
self_check(const struct self *self, const struct mail *m, struct fault *f)
{
	if (m->message.long_line > 0 &&
	    self->conf->long_lines == LONG_REFUSE)
		return fault(f, EX_DATAERR, "message: line %llu: %llu octets "
		    "long, 998 are allowed (RFC 5322 section 2.1.1)",
		    (unsigned long long)m->message.long_line,
		    (unsigned long long)m->message.long_length);
	return check_hops(self, m, f);
}

int
self_dress(struct self *self, const struct relay *r, struct mail *m,
    struct fault *f)
{
	struct identity id = { .domain = self->domain, .hostname = self->host,
	    .stamp = &m->stamp, .gateway = self->claim->gateway || m->kept,
	    .leave = self->conf->leave };
	char address[ADDR_MAX + 1], force[ADDR_MAX + 1];
	struct sender_map map;
	struct buf pairs;
	int status;

	if (r == NULL)
		r = usual(self);
	m->dkim = &self->conf->dkim;
	m->open = self->conf->long_lines == LONG_ENCODE_SIGNED;
	m->leave = self->conf->leave;
	m->fixed = list_names(self->conf->leave,
	    STR("Content-Transfer-Encoding"));
	if (m->look == r)
		return 0;
	if (m->stamp.now == 0)
		stamp_set(&m->stamp);
	if (self_path(self, r, m, f) != 0)
		return -1;
	if (forced(r) != NULL && resolve(self, forced(r), force, f) != 0)
		return -1;
	id.force = forced(r) == NULL ? NULL : force;
	id.address = m->path;
	if (m->path[0] == '\0' && imply(self, r, m, address, f) != 0)
		return -1;
	if (m->path[0] == '\0')
		id.address = address;
	id.name = full_name(self, m);
	pieces_free(&m->header);
	scratch_rewind(&m->message.scratch, m->message.header.filed);
	status = open_map(self, &map, &pairs, f);
	id.map = &map;
	if (status == 0)
		status = rewrite_header(&m->header, &m->message, &id, f);
	buf_free(&pairs);
	m->look = status == 0 ? r : NULL;
	return status;
}

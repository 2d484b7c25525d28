/* SPDX-License-Identifier: ISC */
/*
 * The machine and the user as a mail shows them: sender address, full name,
 * the domain of bare names.  What costs a look-up is looked up when needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mail/header.h"
#include "self.h"

void
self_know(struct self *self, const struct args *args, const struct conf *conf)
{
	*self = (struct self){ .args = args, .conf = conf };
	if (conf->hostname == NULL)
		self->qualified = host_name(self->host);
	else {
		self->qualified = strchr(conf->hostname, '.') != NULL;
		(void)snprintf(self->host, sizeof(self->host), "%s",
		    conf->hostname);
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

const char *
self_sender(struct self *self)
{
	if (self->args->sender != NULL)
		return self->args->sender;
	return self->conf->from != NULL ? self->conf->from :
	    know_user(self)->login;
}

/* -F, else what the environment or the passwd file says of the user. */
static const char *
full_name(struct self *self, const char *address, const char *own)
{
	const char *name = getenv("NAME");

	if (self->args->name != NULL)
		return self->args->name;
	/* Another sender's address must not carry this user's name. */
	if (strcmp(address, own) != 0)
		return NULL;
	return name != NULL ? name : know_user(self)->name;
}

/* A message that goes round in circles must stop (RFC 5321 section 6.3). */
static int
check_hops(const struct self *self, const struct mail *m, struct fault *f)
{
	struct str rest = buf_view(&m->message.header);
	int hops = self->args->hops;
	struct field field;

	while (header_next(&rest, &field))
		hops += header_is(&field, "Received");
	return hops <= ARGS_HOPS_MAX ? 0 : fault(f, EX_DATAERR, "message: "
	    "too many hops: %d, %d are allowed (RFC 5321 section 6.3)", hops,
	    ARGS_HOPS_MAX);
}

int
self_rewrite(struct self *self, struct mail *m, struct fault *f)
{
	char own[HOST_LOGIN_SIZE + HOST_NAME_SIZE + 2];
	struct identity id = { .domain = self->domain, .hostname = self->host,
	    .now = time(NULL), .address = m->envelope.sender,
	    .gateway = self->args->gateway };

	(void)snprintf(own, sizeof(own), "%s@%s", know_user(self)->login,
	    self->domain);
	if (id.address[0] == '\0')
		id.address = self->conf->from != NULL ? self->conf->from : own;
	id.name = full_name(self, id.address, own);
	if (m->message.long_line > 0)
		return fault(f, EX_DATAERR, "message: line %llu: %llu octets "
		    "long, 998 are allowed (RFC 5322 section 2.1.1)",
		    (unsigned long long)m->message.long_line,
		    (unsigned long long)m->message.long_length);
	if (check_hops(self, m, f) != 0)
		return -1;
	return rewrite_header(&m->header, &m->message, &id, f);
}

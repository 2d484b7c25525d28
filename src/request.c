/* SPDX-License-Identifier: ISC */
/* What the command line, or the message, asks of those who carry the mail. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mail/header.h"
#include "request.h"

/* -O, or a field (RFC 6758): what is asked of those who carry the mail. */
static int
ask(struct service *service, const struct args *args, struct str header,
    struct fault *f)
{
	struct fault ignored;
	struct field field;

	service->utf8 |= args->utf8;
	service->tls |= args->tls;
	while (header_next(&header, &field))
		if (header_is(&field, "MT-Priority"))
			(void)service_priority(service, field.body, &ignored);
	if (args->priority != NULL && service_priority(service,
	    str_of(args->priority), f) != 0)
		return -1;
	return args->by == NULL ? 0 : service_by(service, str_of(args->by),
	    time(NULL), f);
}

/* Reports name whom the sender has named, whatever has become of him. */
static int
name_rcpt(struct envelope *e, struct rcpt *r, struct fault *f)
{
	struct buf text;
	int status = 0;

	buf_init(&text, DSN_ORCPT_MAX);
	dsn_orcpt(&text, r->names->orig != NULL ? r->names->orig :
	    r->address);
	/* What is too long is left out. */
	if (!text.failed)
		status = rcpt_called(e, r, str_of(NULL), buf_view(&text));
	buf_free(&text);
	return status == 0 ? 0 : fault(f, EX_OSERR, "out of memory");
}

/* -N, -R and -V: what the sender wants to be told, RFC 3461. */
static int
take_dsn(struct envelope *e, const struct args *args, struct fault *f)
{
	int notify = args->notify == NULL ? 0 :
	    dsn_notify(str_of(args->notify), f);
	int ret = args->ret == NULL ? DSN_RET_UNSET :
	    dsn_ret(str_of(args->ret), f);

	if (notify < 0 || ret < 0)
		return -1;
	for (size_t i = 0; i < e->count; i++) {
		e->rcpt[i].notify = (unsigned char)notify;
		if (notify != 0 && name_rcpt(e, &e->rcpt[i], f) != 0)
			return -1;
	}
	e->ret = (enum dsn_ret)ret;
	if (args->envid == NULL)
		return 0;
	if (!dsn_printable(str_of(args->envid), DSN_ENVID_MAX))
		return fault(f, EX_USAGE, "\"%s\": no envelope identifier "
		    "(RFC 3461)", args->envid);
	e->envid = strdup(args->envid);
	return e->envid != NULL ? 0 : fault(f, EX_OSERR, "out of memory");
}

int
request(struct mail *m, const struct args *args, struct fault *f)
{
	if (take_dsn(&m->envelope, args, f) != 0)
		return -1;
	return ask(&m->envelope.service, args, buf_view(&m->message.header), f);
}

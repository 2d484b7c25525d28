/* SPDX-License-Identifier: ISC */
/*
 * What a sender may ask of delivery besides reports: RFC 2852 (DELIVERBY),
 * 6710 (MT-PRIORITY), 8689 (REQUIRETLS).  Times count from when the mail was
 * taken, so that what it spends in the spool is not lost.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mail/service.h"

/* A number of at most so many digits, with a sign; false: it is none. */
static bool
number(struct str *s, size_t most, int64_t *n)
{
	bool minus = s->n > 0 && s->p[0] == '-';
	size_t digits = 0, start = minus || (s->n > 0 && s->p[0] == '+');

	for (*n = 0; start + digits < s->n && digits <= most; digits++) {
		char c = s->p[start + digits];

		if (c < '0' || c > '9')
			break;
		*n = *n * 10 + (c - '0');
	}
	*s = (struct str){ s->p + start + digits, s->n - start - digits };
	if (minus)
		*n = -*n;
	return digits > 0 && digits <= most;
}

int
service_by(struct service *s, struct str text, int64_t now, struct fault *f)
{
	struct str rest = str_trim(text);
	int64_t seconds;
	char mode = 'n';
	bool ok = number(&rest, 9, &seconds);

	s->trace = false;
	if (ok && rest.n > 1 && rest.p[0] == ';') {
		mode = ascii_lower(rest.p[1]);
		s->trace = rest.n == 3 && ascii_lower(rest.p[2]) == 't';
		ok = rest.n == 2 || s->trace;
	} else
		ok = ok && rest.n == 0;
	/* What is late already cannot be returned in time (section 4.1.1). */
	if (!ok || (mode != 'n' && mode != 'r') ||
	    (mode == 'r' && seconds <= 0))
		return fault(f, EX_USAGE, "\"%.*s\": must be SECONDS, "
		    "SECONDS;N or SECONDS;R (RFC 2852)",
		    text.n > 80 ? 80 : (int)text.n, text.n == 0 ? "" : text.p);
	s->timed = true;
	s->back = mode == 'r';
	s->by = now + seconds;
	return 0;
}

int
service_priority(struct service *s, struct str text, struct fault *f)
{
	struct str rest = str_trim(text);
	int64_t n;

	if (!number(&rest, 1, &n) || rest.n > 0)
		return fault(f, EX_USAGE, "\"%.*s\": must be -9 to 9 "
		    "(RFC 6710)", text.n > 80 ? 80 : (int)text.n,
		    text.n == 0 ? "" : text.p);
	s->prior = true;
	s->priority = (int)n;
	return 0;
}

int64_t
service_left(const struct service *s, int64_t now)
{
	int64_t left = s->by - now;

	return left > DELIVER_BY_MAX ? DELIVER_BY_MAX :
	    left < -DELIVER_BY_MAX ? -DELIVER_BY_MAX : left;
}

void
service_write(struct buf *b, const struct service *s)
{
	if (s->tls)
		(void)buf_puts(b, "requiretls yes\n");
	if (s->prior)
		(void)buf_fmt(b, "priority %+d\n", s->priority);
	if (s->timed)
		(void)buf_fmt(b, "by %012" PRId64 " %c%c\n", s->by,
		    s->back ? 'R' : 'N', s->trace ? 'T' : '-');
}

bool
service_read(struct service *s, const char *key, struct str value)
{
	struct str rest = value;
	struct fault ignored;

	if (strcmp(key, "requiretls") == 0)
		return s->tls = str_eq(value, STR("yes"));
	if (strcmp(key, "priority") == 0)
		return value.n == 2 && (value.p[0] == '+' ||
		    (value.p[0] == '-' && value.p[1] != '0')) &&
		    service_priority(s, value, &ignored) == 0;
	s->timed = number(&rest, 12, &s->by) && value.n == 15 && rest.n == 3 &&
	    value.p[0] >= '0' && value.p[0] <= '9' && rest.p[0] == ' ';
	s->back = s->timed && rest.p[1] == 'R';
	s->trace = s->timed && rest.p[2] == 'T';
	return s->timed && (s->back || rest.p[1] == 'N') &&
	    (s->trace || rest.p[2] == '-');
}

/* SPDX-License-Identifier: ISC */
/* Questions about the records that others judge our mail by. */
#include "base/clock.h"
#include "doctor/lookup.h"

void
lookup_open(struct lookup *l, int64_t ms)
{
	dns_configure(&l->dns);
	l->deadline = clock_deadline(ms, CLOCK_NEVER);
}

enum answer_status
lookup(const struct lookup *l, const char *name, unsigned type,
    struct answer *a)
{
	struct dns_question q = { .name = name, .type = type };

	dns_ask(&l->dns, &q, 1, l->deadline);
	*a = q.answer;
	return q.status;
}

int
lookup_text(const struct lookup *l, const char *name, bool fits(struct str),
    struct buf *text, struct fault *f)
{
	struct answer a;
	enum answer_status status = lookup(l, name, ANSWER_TXT, &a);
	int found = 0;

	if (status == ANSWER_FAILED || status == ANSWER_SILENT)
		return fault(f, EX_UNAVAILABLE, "%s: %s", name,
		    dns_reason(status));
	for (size_t i = 0; i < a.count; i++) {
		const struct str record = { a.record[i].text,
		    a.record[i].length };

		if (fits(record) && found++ == 0)
			(void)buf_str(text, record);
	}
	answer_free(&a);
	return found < 2 ? found : fault(f, EX_DATAERR, "%s: %d records, where "
	    "one is allowed", name, found);
}

/* SPDX-License-Identifier: ISC */
/*
 * A body as it leaves, made of stretches of the one that was read.  The store
 * stays as it is: what must be changed is changed while it is read, so memory
 * does not grow with the message and no second copy is written anywhere.
 */
#include <stdlib.h>
#include <bsd/stdlib.h>

#include "mail/spans.h"

void
spans_free(struct spans *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->span[i].made);
	free(s->span);
	*s = (struct spans){ 0 };
}

static int
no_memory(struct fault *f)
{
	return fault(f, EX_OSERR, "message: out of memory");
}

/* What is made is freed when there is no memory. */
static int
append(struct spans *s, struct span span, struct fault *f)
{
	if (s->span == NULL || s->count == s->room) {
		size_t room = s->room == 0 ? 16 : s->room * 2;
		struct span *grown = reallocarray(s->span, room,
		    sizeof(*grown));

		if (grown == NULL) {
			free(span.made);
			return no_memory(f);
		}
		s->span = grown;
		s->room = room;
	}
	s->span[s->count++] = span;
	return 0;
}

int
spans_add(struct spans *s, uint64_t at, uint64_t n, struct fault *f)
{
	struct span *last = s->count > 0 ? &s->span[s->count - 1] : NULL;

	if (n == 0)
		return 0;
	s->size += n;
	if (last != NULL && last->made == NULL && last->at + last->n == at) {
		last->n += n;
		return 0;
	}
	return append(s, (struct span){ .at = at, .n = n }, f);
}

int
spans_made(struct spans *s, struct buf *made, struct fault *f)
{
	struct str text = buf_view(made);
	bool failed = made->failed;

	if (failed || text.n == 0) {
		buf_free(made);
		return failed ? no_memory(f) : 0;
	}
	s->size += text.n;
	return append(s, (struct span){ .made = made->p, .n = text.n }, f);
}

int
spans_next(struct spans_reader *r, struct buf *room, struct str *out,
    struct fault *f)
{
	*out = (struct str){ NULL, 0 };
	while (r->next < r->spans->count) {
		const struct span *span = &r->spans->span[r->next];
		uint64_t left = span->n - r->done;

		if (span->made != NULL) {
			r->next++;
			*out = (struct str){ span->made, (size_t)span->n };
			return 0;
		}
		if (left == 0) {
			r->next++;
			r->done = 0;
			continue;
		}
		if (store_read(r->store, span->at + r->done, room, out,
		    f) != 0)
			return -1;
		if (out->n > left)
			out->n = (size_t)left;
		r->done += out->n;
		return 0;
	}
	return 0;
}

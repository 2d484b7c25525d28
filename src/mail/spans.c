/* SPDX-License-Identifier: ISC */
/*
 * A body as it leaves, made of stretches of the one that was read.  The store
 * stays as it is: what must be changed is changed while it is read, so memory
 * does not grow with the message and no second copy is written anywhere.
 */
#include <stdlib.h>
#include <bsd/stdlib.h>

#include "mail/spans.h"

/* What goes through an encoder at a time. */
enum { PORTION = 16 * 1024 };

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
	if (last != NULL && last->made == NULL &&
	    last->code == ENCODER_NONE && last->at + last->n == at) {
		last->n += n;
		return 0;
	}
	return append(s, (struct span){ .at = at, .n = n }, f);
}

int
spans_code(struct spans *s, uint64_t at, uint64_t n,
    const struct coding *coding, struct fault *f)
{
	s->size += coding->size;
	return append(s, (struct span){ .at = at, .n = n,
	    .code = coding->code }, f);
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

void
spans_start(struct spans_reader *r, const struct spans *spans,
    const struct store *store)
{
	*r = (struct spans_reader){ .spans = spans, .store = store };
	buf_init(&r->coded, ENCODER_GROWTH(PORTION));
}

void
spans_stop(struct spans_reader *r)
{
	buf_free(&r->coded);
}

/* Puts a portion of what was read of a span through its encoder. */
static int
encode(struct spans_reader *r, const struct span *span, struct str *out,
    struct fault *f)
{
	struct str portion = r->read;

	if (r->done == 0)
		encoder_start(&r->encoder, span->code);
	if (portion.n > PORTION)
		portion.n = PORTION;
	r->read.p += portion.n;
	r->read.n -= portion.n;
	r->done += portion.n;
	buf_clear(&r->coded);
	if (encoder_take(&r->encoder, portion, r->done == span->n,
	    &r->coded) != 0)
		return no_memory(f);
	*out = buf_view(&r->coded);
	return 0;
}

/* The next octets of a span in the store; none are left: empty. */
static int
next_of(struct spans_reader *r, const struct span *span, struct buf *room,
    struct str *out, struct fault *f)
{
	uint64_t left = span->n - r->done;

	*out = (struct str){ NULL, 0 };
	if (left == 0)
		return 0;
	if (r->read.n == 0 && store_read(r->store, span->at + r->done, room,
	    &r->read, f) != 0)
		return -1;
	if (r->read.n > left)
		r->read.n = (size_t)left;
	if (span->code != ENCODER_NONE)
		return encode(r, span, out, f);
	*out = r->read;
	r->read.n = 0;
	r->done += out->n;
	return 0;
}

int
spans_next(struct spans_reader *r, struct buf *room, struct str *out,
    struct fault *f)
{
	*out = (struct str){ NULL, 0 };
	while (r->next < r->spans->count) {
		const struct span *span = &r->spans->span[r->next];

		if (span->made != NULL) {
			r->next++;
			*out = (struct str){ span->made, (size_t)span->n };
			return 0;
		}
		if (next_of(r, span, room, out, f) != 0)
			return -1;
		if (out->n > 0)
			return 0;
		/* An encoder may hold back all that it got. */
		if (r->done == span->n) {
			r->next++;
			r->done = 0;
		}
	}
	return 0;
}

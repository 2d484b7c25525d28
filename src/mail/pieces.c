/* SPDX-License-Identifier: ISC */
/*
 * A text made of views of another, so that what is not ours to touch is never
 * copied, and cannot be changed.
 */
#include <stdlib.h>
#include <string.h>
#include <bsd/stdlib.h>

#include "base/pages.h"
#include "mail/pieces.h"

enum { MANY = 1024, PACKED_MAX = 64 * 1024 * 1024 };

void
pieces_free(struct pieces *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->piece[i].own);
	free(p->piece);
	buf_free(&p->packed);
	*p = (struct pieces){ 0 };
}

static int
no_memory(struct fault *f)
{
	return fault(f, EX_OSERR, "header: out of memory");
}

/* own is freed when there is no memory. */
static int
append(struct pieces *p, struct str text, char *own, struct fault *f)
{
	if (p->piece == NULL || p->count == p->room) {
		size_t room = p->room == 0 ? 16 : p->room * 4;
		struct piece *grown = reallocarray(p->piece, room,
		    sizeof(*grown));

		if (grown == NULL) {
			free(own);
			return no_memory(f);
		}
		p->piece = grown;
		p->room = room;
	}
	p->piece[p->count++] = (struct piece){ text, own };
	return 0;
}

int
pieces_add(struct pieces *p, struct str text, struct fault *f)
{
	struct piece *last = p->count > 0 ? &p->piece[p->count - 1] : NULL;

	if (text.n == 0)
		return 0;
	if (last != NULL && last->own == NULL &&
	    last->text.p + last->text.n == text.p) {
		last->text.n += text.n;
		return 0;
	}
	return append(p, text, NULL, f);
}

int
pieces_made(struct pieces *p, struct buf *made, struct fault *f)
{
	struct str text = buf_view(made);
	bool failed = made->failed;

	if (failed || text.n == 0) {
		buf_free(made);
		return failed ? no_memory(f) : 0;
	}
	return append(p, text, made->p, f);
}

/* What is behind so many becomes the first. */
static void
move_first(struct pieces *p, size_t before)
{
	struct piece first;

	if (p->count == before)
		return;
	first = p->piece[before];
	memmove(p->piece + 1, p->piece, before * sizeof(first));
	p->piece[0] = first;
}

int
pieces_made_first(struct pieces *p, struct buf *made, struct fault *f)
{
	size_t before = p->count;

	if (pieces_made(p, made, f) != 0)
		return -1;
	move_first(p, before);
	return 0;
}

int
pieces_pack(struct pieces *p, struct scratch *scratch, struct fault *f)
{
	struct buf *packed = &p->packed;
	size_t n = packed->n;

	if (p->count < MANY)
		return 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->piece[i].text.n;
	if (n > PACKED_MAX)
		return 0;
	if (packed->n == 0)
		buf_init_paged(packed, PACKED_MAX, scratch);
	for (size_t i = 0; i < p->count; i++) {
		pages_passed(p->piece[i].text.p);
		(void)buf_str(packed, p->piece[i].text);
	}
	/* One may be a view of what another owns. */
	for (size_t i = 0; i < p->count; i++)
		free(p->piece[i].own);
	p->count = 0;
	return packed->failed ? no_memory(f) : 0;
}

int
pieces_unpack(struct pieces *p, struct fault *f)
{
	size_t before = p->count;

	if (p->packed.n == 0)
		return 0;
	buf_settle(&p->packed);
	if (append(p, buf_view(&p->packed), NULL, f) != 0)
		return -1;
	move_first(p, before);
	return 0;
}

int
pieces_view(struct pieces *p, const struct pieces *from, struct fault *f)
{
	if (p->count > 0)
		return 0;
	for (size_t i = 0; i < from->count; i++)
		if (append(p, from->piece[i].text, NULL, f) != 0)
			return -1;
	return 0;
}

void
pieces_start(struct pieces_reader *r, const struct pieces *p)
{
	*r = (struct pieces_reader){ .pieces = p };
}

bool
pieces_next(struct pieces_reader *r, struct str *text)
{
	const struct pieces *p = r->pieces;

	*text = (struct str){ NULL, 0 };
	if (r->next == p->count)
		return false;
	*text = p->piece[r->next].text;
	text->p += r->done;
	text->n -= r->done;
	pages_passed(text->p);
	if (text->n <= PAGES_PART) {
		r->next++;
		r->done = 0;
	} else
		r->done += text->n = PAGES_PART;
	return true;
}

bool
pieces_has_8bit(const struct pieces *p)
{
	struct pieces_reader r;
	struct str text;

	for (pieces_start(&r, p); pieces_next(&r, &text);)
		if (str_has_8bit(text))
			return true;
	return false;
}

int
pieces_flatten(struct buf *text, const struct pieces *p,
    struct scratch *scratch, struct fault *f)
{
	struct pieces_reader r;
	struct str next;
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->piece[i].text.n;
	buf_init_paged(text, n, scratch);
	for (pieces_start(&r, p); pieces_next(&r, &next);)
		(void)buf_str(text, next);
	buf_settle(text);
	return text->failed ? no_memory(f) : 0;
}

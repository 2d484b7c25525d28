/* SPDX-License-Identifier: ISC */
/*
 * Finds the parts of a message, however deep: RFC 2046 sections 5.1 and 5.2.
 * The text goes by line by line, at the speed of scan_text(); only headers
 * are collected, one at a time.  Nothing is decided here.
 */
#include <stdlib.h>
#include <string.h>
#include <bsd/stdlib.h>

#include "mail/header.h"
#include "mail/message.h"
#include "mail/outline.h"
#include "mail/scan.h"

enum { READ_SIZE = 64 * 1024, HEAD_MAX = OUTLINE_BOUNDARY + 8 };

/* A multipart whose end has not come. */
struct level {
	size_t		 entity;
	char		*boundary;
	size_t		 n;
};

enum place { IN_HEADER, IN_BODY, OUTSIDE };

struct scan {
	struct outline	*out;
	bool		 open;		/* sealed entities are no secret */
	struct fault	*fault;
	struct level	 level[OUTLINE_DEPTH];
	size_t		 levels;
	size_t		 at;		/* the entity we are in */
	enum place	 place;
	uint64_t	 area;		/* OUTSIDE: where it starts ... */
	bool		 area_high, area_wide;	/* ... and what is in it */
	struct buf	 header;	/* of that entity ... */
	size_t		 mark;		/* ... without the line being read */

	uint64_t	 start;		/* of the line */
	uint64_t	 n;		/* its octets so far */
	bool		 high;
	bool		 loose;		/* text behind what is in head */
	struct buf	 head;		/* how the line starts */
};

void
outline_free(struct outline *o)
{
	free(o->entity);
	*o = (struct outline){ 0 };
}

static int
add(struct scan *s, const struct entity *e)
{
	struct outline *o = s->out;

	if (o->count == OUTLINE_ENTITIES)
		return fault(s->fault, EX_DATAERR, "message: more than %d "
		    "parts, some of which must be encoded", OUTLINE_ENTITIES);
	if (o->entity == NULL || o->count == o->room) {
		size_t room = o->room == 0 ? 8 : o->room * 2;
		struct entity *grown = reallocarray(o->entity, room,
		    sizeof(*grown));

		if (grown == NULL)
			return fault(s->fault, EX_OSERR,
			    "message: out of memory");
		o->entity = grown;
		o->room = room;
	}
	o->entity[o->count++] = *e;
	return 0;
}

static struct entity *
current(const struct scan *s)
{
	return &s->out->entity[s->at];
}

/* Starts the entity that is inside this one. */
static int
enter(struct scan *s, size_t parent, uint64_t at, bool message)
{
	const struct entity e = { .parent = parent, .header = at, .body = at,
	    .depth = s->out->entity[parent].depth + 1, .message = message };

	s->at = s->out->count;
	s->place = IN_HEADER;
	buf_clear(&s->header);
	s->mark = 0;
	return add(s, &e);
}

static int
push(struct scan *s, struct str boundary)
{
	struct level *l = &s->level[s->levels];

	l->boundary = malloc(boundary.n);
	if (l->boundary == NULL)
		return fault(s->fault, EX_OSERR, "message: out of memory");
	memcpy(l->boundary, boundary.p, boundary.n);
	l->n = boundary.n;
	l->entity = s->at;
	s->levels++;
	s->place = OUTSIDE;
	s->area = current(s)->body;
	s->area_high = s->area_wide = false;
	return 0;
}

/* The header is complete: what follows it starts at body. */
static int
open_body(struct scan *s, struct str header, uint64_t body)
{
	struct entity *e = current(s);
	bool digest = s->at > 0 && s->out->entity[e->parent].digest;
	struct buf boundary;
	int status = 0;

	e->header_n = (size_t)(s->start - e->header);
	e->body = e->end = body;
	s->place = IN_BODY;
	buf_init(&boundary, OUTLINE_BOUNDARY);
	entity_read(e, header, digest && !e->message, &boundary);
	if (e->kind == ENTITY_SEALED && s->open)
		e->kind = boundary.n > 0 ? ENTITY_MULTIPART : ENTITY_LEAF;
	if (s->header.failed || boundary.failed) {
		e->kind = ENTITY_FIXED;
		e->why = s->header.failed ? "a part with such a header" :
		    "a multipart with such a boundary";
	} else if (e->depth >= OUTLINE_DEPTH - 1 &&
	    (e->kind == ENTITY_MULTIPART || e->kind == ENTITY_MESSAGE)) {
		e->kind = ENTITY_FIXED;
		e->why = "parts in parts in parts";
	} else if (e->kind == ENTITY_MULTIPART)
		status = push(s, buf_view(&boundary));
	else if (e->kind == ENTITY_MESSAGE)
		status = enter(s, s->at, body, true);
	buf_free(&boundary);
	return status;
}

/* Whether the line can be one of a header; an embedded one may be from mbox. */
static bool
is_field(struct str line, bool first, bool message)
{
	if (line.n == 0)
		return false;
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return !first;
	return header_name_length(line) > 0 || (first && message &&
	    (str_istarts(line, STR("From ")) ||
	    str_istarts(line, STR(">From "))));
}

/* Text that is in no part, up to end: noted when something is wrong in it. */
static int
close_area(struct scan *s, uint64_t end)
{
	struct entity *e = current(s);
	const struct entity outside = { .kind = ENTITY_OUTSIDE,
	    .parent = s->at, .depth = e->depth + 1, .header = s->area,
	    .body = s->area, .end = end, .high = s->area_high,
	    .wide = s->area_wide };

	if (s->place != OUTSIDE)
		return 0;
	if (!e->delimited) {
		e->kind = ENTITY_LEAF;
		e->high = s->area_high;
		e->wide = s->area_wide;
		return 0;
	}
	if (end <= s->area || (!s->area_high && !s->area_wide))
		return 0;
	return add(s, &outside);
}

static void
pop(struct scan *s, size_t levels)
{
	while (s->levels > levels)
		free(s->level[--s->levels].boundary);
}

/* Ends all that is inside the given entity. */
static int
leave(struct scan *s, size_t entity, uint64_t end)
{
	if (s->place == IN_HEADER &&
	    open_body(s, buf_view(&s->header), s->start) != 0)
		return -1;
	/* A header that has opened another one. */
	if (s->place == IN_HEADER)
		return leave(s, entity, end);
	if (close_area(s, end) != 0)
		return -1;
	while (s->at != entity) {
		struct entity *e = current(s);

		e->end = end > e->body ? end : e->body;
		s->at = e->parent;
	}
	return 0;
}

/* The multipart whose boundary the line is, from the inside out; or none. */
static bool
find_level(const struct scan *s, size_t *level, bool *closes)
{
	struct str line = buf_view(&s->head);

	if (s->loose || line.n < 2 || line.p[0] != '-' || line.p[1] != '-')
		return false;
	line.p += 2;
	line.n -= 2;
	while (line.n > 0 && (line.p[line.n - 1] == ' ' ||
	    line.p[line.n - 1] == '\t'))
		line.n--;
	for (size_t i = s->levels; i-- > 0;) {
		const struct level *l = &s->level[i];

		if (line.n < l->n || memcmp(line.p, l->boundary, l->n) != 0)
			continue;
		*level = i;
		*closes = line.n == l->n + 2 &&
		    memcmp(line.p + l->n, "--", 2) == 0;
		if (line.n == l->n || *closes)
			return true;
	}
	return false;
}

static int
delimiter(struct scan *s, size_t level, bool closes, uint64_t next)
{
	size_t entity = s->level[level].entity;
	const struct entity padding = { .kind = ENTITY_PADDING,
	    .parent = entity, .header = s->start, .end = s->start + s->n,
	    .body = s->start + s->level[level].n + (closes ? 4 : 2),
	    .wide = s->n > MESSAGE_LINE_MAX, .high = s->high };

	/* The line end before it is part of it. */
	s->out->entity[entity].delimited = true;
	if (leave(s, entity, s->start < 2 ? 0 : s->start - 2) != 0)
		return -1;
	pop(s, level + 1);
	if ((padding.wide || padding.high) && add(s, &padding) != 0)
		return -1;
	if (!closes)
		return enter(s, entity, next, false);
	pop(s, level);
	s->at = entity;
	s->place = OUTSIDE;
	s->area = next;
	s->area_high = s->area_wide = false;
	return 0;
}

/* Takes a line into the header; false: the body starts with it. */
static bool
header_line(struct scan *s)
{
	struct entity *e = current(s);
	struct str line = buf_view(&s->head);

	if (!is_field(line, s->start == e->header, e->message))
		return false;
	(void)buf_str(&s->header, STR("\r\n"));
	s->mark = s->header.n;
	e->header_high |= s->high;
	e->header_wide |= s->n > MESSAGE_LINE_MAX;
	return true;
}

static void
body_line(struct scan *s)
{
	struct entity *e = current(s);
	bool wide = s->n > MESSAGE_LINE_MAX;

	if (s->place == OUTSIDE) {
		s->area_high |= s->high;
		s->area_wide |= wide;
	} else {
		e->high |= s->high;
		e->wide |= wide;
	}
}

static int
text_line(struct scan *s, uint64_t next)
{
	while (s->place == IN_HEADER) {
		if (s->n == 0) {
			current(s)->blank = true;
			return open_body(s, buf_view(&s->header), next);
		}
		if (header_line(s))
			return 0;
		if (!s->header.failed)
			s->header.n = s->mark;
		if (open_body(s, buf_view(&s->header), s->start) != 0)
			return -1;
		/* The line may be the first of a header inside. */
		if (s->place == IN_HEADER)
			(void)buf_str(&s->header, buf_view(&s->head));
	}
	body_line(s);
	return 0;
}

static int
end_line(struct scan *s, uint64_t next)
{
	bool closes;
	size_t level;
	int status;

	if (s->levels > 0 && find_level(s, &level, &closes)) {
		if (s->place == IN_HEADER && !s->header.failed)
			s->header.n = s->mark;
		status = delimiter(s, level, closes, next);
	} else
		status = text_line(s, next);
	s->start = next;
	s->n = 0;
	s->high = s->loose = false;
	buf_clear(&s->head);
	return status;
}

static void
take_text(struct scan *s, struct str text)
{
	if (s->place == IN_HEADER)
		(void)buf_str(&s->header, text);
	if (text.n > 0 && (s->place == IN_HEADER || s->head.n > 0 ||
	    (s->n == 0 && text.p[0] == '-'))) {
		struct str start = text;

		if (start.n > HEAD_MAX - s->head.n)
			start.n = HEAD_MAX - s->head.n;
		(void)buf_str(&s->head, start);
		for (size_t i = start.n; i < text.n; i++)
			s->loose |= text.p[i] != ' ' && text.p[i] != '\t';
	}
	s->n += text.n;
}

static int
take(struct scan *s, struct str text, uint64_t at)
{
	while (text.n > 0) {
		size_t n = scan_text(text, &s->high);

		take_text(s, (struct str){ text.p, n });
		at += n;
		text.p += n;
		text.n -= n;
		if (text.n == 0)
			break;
		at++;
		if (text.p[0] == '\n' && end_line(s, at) != 0)
			return -1;
		text.p++;
		text.n--;
	}
	return 0;
}

/* The last line end belongs to a boundary, also when that never comes. */
static bool
in_part(const struct scan *s)
{
	for (size_t i = 0; i < s->levels; i++)
		if (s->out->entity[s->level[i].entity].delimited)
			return true;
	return false;
}

static int
read_all(struct scan *s, const struct store *body, struct buf *room)
{
	struct str text;
	uint64_t at = 0;

	do {
		if (store_read(body, at, room, &text, s->fault) != 0 ||
		    take(s, text, at) != 0)
			return -1;
		at += text.n;
	} while (text.n > 0);
	if (s->n > 0 && end_line(s, at) != 0)
		return -1;
	return leave(s, 0, at >= 2 && in_part(s) ? at - 2 : at);
}

int
outline_read(struct outline *o, struct str header, const struct store *body,
    bool open, struct fault *f)
{
	const struct entity top = { .message = true, .blank = true };
	struct scan s = { .out = o, .open = open, .fault = f };
	struct buf room;
	int status;

	*o = (struct outline){ 0 };
	buf_init(&room, READ_SIZE);
	buf_init(&s.header, OUTLINE_HEADER);
	buf_init(&s.head, HEAD_MAX);
	status = add(&s, &top);
	if (status == 0)
		status = open_body(&s, header, 0);
	if (status == 0)
		status = read_all(&s, body, &room);
	if (status == 0)
		o->entity[0].end = store_size(body);
	else
		outline_free(o);
	pop(&s, 0);
	buf_free(&s.header);
	buf_free(&s.head);
	buf_free(&room);
	return status;
}

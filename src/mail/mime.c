/* SPDX-License-Identifier: ISC */
/*
 * What must happen to each part of a message so that a relay takes it, and
 * what is left of it when that is done: RFC 2045 and 2046, 6152 (8BITMIME),
 * 3030 (BINARYMIME), 1428 (unknown-8bit).
 */
#include <stdlib.h>

#include "mail/downgrade.h"
#include "mail/measure.h"
#include "mail/message.h"
#include "mail/mime.h"
#include "mail/outline.h"
#include "mail/relabel.h"

/* What headers of parts may take when they are made anew, all together. */
#define MADE_MAX	((uint64_t)MESSAGE_HEADER_MAX)

/* What is to be done with an entity. */
struct step {
	struct coding	 coding;
	enum mime_domain domain;	/* of its body, in the end */
	enum mime_domain header;	/* what its header is, in the end */
	bool		 refit;		/* the header cannot stay so */
	bool		 changed;	/* it, or something inside */
	struct relabel	 relabel;
};

struct plan {
	struct mime	*mime;
	const struct mime_rules *rules;
	struct fault	*fault;
	struct outline	 outline;
	struct step	*step;		/* one for each entity */
	uint64_t	 copied;	/* of the body */
	uint64_t	 made;		/* octets of headers made */
};

static enum mime_domain
domain(bool high, bool wide)
{
	return wide ? MIME_BINARY : high ? MIME_8BIT : MIME_7BIT;
}

static int
refuse(const struct plan *p, const struct entity *e, const char *who,
    const char *why)
{
	bool wide = (e->wide || e->header_wide) &&
	    p->rules->limit < MIME_BINARY;

	return fault(p->fault, EX_DATAERR, "message: %s has %s, and %s", who,
	    wide ? "a line of more than 998 octets" :
	    "8-bit text, which the relay does not take", why);
}

/* What is to be said of text that says nothing of itself; or NULL. */
static const char *
charset(const struct entity *e, bool utf8)
{
	if (e->typed || e->kind != ENTITY_LEAF || (!e->message && !e->high))
		return NULL;
	return !e->high ? "us-ascii" : utf8 ? "utf-8" : "unknown-8bit";
}

/* How a leaf is encoded. */
static int
encode(struct plan *p, const struct entity *e, struct step *s)
{
	struct measure m = { .store = p->mime->body, .at = e->body,
	    .n = e->end - e->body };
	bool mend = e->label == LABEL_QP || e->label == LABEL_BASE64;

	if (e->label == LABEL_PRIVATE)
		return refuse(p, e, "a part in an encoding that is not known",
		    "nothing may be encoded twice (RFC 2045 section 6.4)");
	s->coding.code = e->label == LABEL_QP ? ENCODER_MEND_QP :
	    mend ? ENCODER_MEND_BASE64 : e->kind == ENTITY_PROSE ?
	    ENCODER_QP : ENCODER_BASE64;
	if (measure(&m, &s->coding, p->fault) != 0)
		return -1;
	s->changed = true;
	if (mend)
		return 0;
	s->relabel.encoding = s->coding.code == ENCODER_QP ?
	    "quoted-printable" : "base64";
	s->relabel.charset = charset(e, m.utf8);
	return 0;
}

/* A label that will say "binary" needs a charset beside it, too. */
static int
name(const struct plan *p, const struct entity *e, struct step *s)
{
	struct measure m = { .store = p->mime->body, .at = e->body,
	    .n = e->end - e->body };
	struct coding none = { .code = ENCODER_NONE };

	if (charset(e, true) == NULL || e->label == LABEL_QP ||
	    e->label == LABEL_BASE64 || e->label == LABEL_PRIVATE ||
	    e->label == LABEL_BINARY)
		return 0;
	if (measure(&m, &none, p->fault) != 0)
		return -1;
	s->relabel.charset = charset(e, m.utf8);
	return 0;
}

/*
 * Text before or behind all parts, which no reader shows, has no label that
 * could say how it is encoded; but nothing of it is lost.
 */
static int
quote(struct plan *p, const struct entity *e, struct step *s)
{
	struct measure m = { .store = p->mime->body, .at = e->body,
	    .n = e->end - e->body };

	s->coding.code = ENCODER_QP;
	return measure(&m, &s->coding, p->fault);
}

static int
decide(struct plan *p, const struct entity *e, struct step *s)
{
	enum mime_domain limit = p->rules->limit;

	s->domain = domain(e->high, e->wide);
	s->header = domain(e->header_high, e->header_wide);
	s->refit = s->header > limit;
	if (s->refit && e->header_n > OUTLINE_HEADER)
		return refuse(p, e, "the header of a part", "it is too long "
		    "to be encoded");
	if (s->refit)
		s->header = domain(e->header_high && p->rules->utf8, false);
	if (s->domain <= limit)
		return s->domain == MIME_BINARY ? name(p, e, s) : 0;
	s->domain = MIME_7BIT;
	switch (e->kind) {
	case ENTITY_SEALED:
		return refuse(p, e, e->why, "encoding it would break it "
		    "(long-lines encode-signed)");
	case ENTITY_FIXED:
		return refuse(p, e, e->why, "it must not be encoded "
		    "(RFC 2046)");
	case ENTITY_PADDING:
		return e->high && limit == MIME_7BIT ? refuse(p, e,
		    "a boundary", "it must not be encoded (RFC 2046)") : 0;
	case ENTITY_OUTSIDE:
		return quote(p, e, s);
	default:
		return encode(p, e, s);
	}
}

/* The domain that a label claims; for an encoding, nothing. */
static enum mime_domain
claim(enum entity_label label)
{
	return label == LABEL_BINARY ? MIME_BINARY :
	    label == LABEL_8BIT ? MIME_8BIT : MIME_7BIT;
}

/* A label must not claim more than may pass, nor less than binary. */
static void
label(const struct plan *p, const struct entity *e, struct step *s)
{
	static const char *const names[] = { "7bit", "8bit", "binary" };
	enum mime_domain limit = p->rules->limit, claimed = claim(e->label);

	if (e->kind == ENTITY_SEALED || e->kind == ENTITY_FIXED ||
	    e->kind == ENTITY_OUTSIDE || e->kind == ENTITY_PADDING ||
	    e->label == LABEL_QP || e->label == LABEL_BASE64 ||
	    e->label == LABEL_PRIVATE)
		return;
	if (s->relabel.encoding == NULL && (claimed > limit ||
	    (s->domain == MIME_BINARY && claimed < MIME_BINARY))) {
		s->relabel.encoding = names[s->domain];
		s->changed = true;
	}
	s->relabel.version = s->changed && e->message && !e->versioned;
}

/* What is inside decides about what is around it, from the end on. */
static int
decide_all(struct plan *p)
{
	const struct outline *o = &p->outline;

	for (size_t i = 0; i < o->count; i++)
		if (decide(p, &o->entity[i], &p->step[i]) != 0)
			return -1;
	for (size_t i = o->count; i-- > 0;) {
		const struct entity *e = &o->entity[i];
		struct step *s = &p->step[i], *outer = &p->step[e->parent];

		label(p, e, s);
		if (i == 0)
			break;
		outer->changed |= s->changed;
		if (outer->domain < s->domain)
			outer->domain = s->domain;
		if (outer->domain < s->header)
			outer->domain = s->header;
	}
	p->mime->domain = p->step[0].domain;
	return 0;
}

/* The body as it is, up to there. */
static int
copy(struct plan *p, uint64_t to)
{
	uint64_t from = p->copied;

	p->copied = to;
	return spans_add(&p->mime->spans, from, to - from, p->fault);
}

static int
make(struct plan *p, struct str text)
{
	struct buf made;

	p->made += text.n;
	if (p->made > MADE_MAX)
		return fault(p->fault, EX_DATAERR, "message: the headers of "
		    "its parts are longer than %u octets",
		    (unsigned)MADE_MAX);
	buf_init(&made, text.n);
	(void)buf_str(&made, text);
	return spans_made(&p->mime->spans, &made, p->fault);
}

/* Reads the header of a part again. */
static int
read_header(const struct plan *p, const struct entity *e, struct buf *text)
{
	struct buf room;
	int status = 0;

	buf_init(&room, OUTLINE_HEADER);
	while (text->n < e->header_n && status == 0) {
		struct str s;

		status = store_read(p->mime->body, e->header + text->n, &room,
		    &s, p->fault);
		if (s.n > e->header_n - text->n)
			s.n = e->header_n - text->n;
		if (status == 0 && buf_str(text, s) != 0)
			status = fault(p->fault, EX_OSERR,
			    "message: out of memory");
	}
	buf_free(&room);
	return status;
}

/* What stays of a part's header is taken from the store. */
static int
lay_pieces(struct plan *p, const struct entity *e, const struct buf *text,
    const struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->piece[i];
		uint64_t at;

		if (piece->own != NULL) {
			if (make(p, piece->text) != 0)
				return -1;
			continue;
		}
		at = e->header + (uint64_t)(piece->text.p - text->p);
		if (spans_add(&p->mime->spans, at, piece->text.n,
		    p->fault) != 0)
			return -1;
	}
	return e->blank ? 0 : make(p, STR("\r\n"));
}

/* The same where lines of it cannot leave as they are. */
static int
lay_refitted(struct plan *p, const struct entity *e,
    const struct pieces *before)
{
	const struct header_rules rules = { .utf8 = p->rules->utf8 };
	struct buf flat, made;
	bool changed;
	int status = pieces_flatten(&flat, before, NULL, p->fault);

	buf_init_large(&made, HEADER_GROWTH(flat.n));
	if (status == 0)
		status = header_fit(&made, buf_view(&flat), &rules, &changed,
		    p->fault);
	if (status == 0)
		status = make(p, buf_view(&made));
	if (status == 0 && !e->blank)
		status = make(p, STR("\r\n"));
	buf_free(&flat);
	buf_free(&made);
	return status;
}

static int
lay_header(struct plan *p, const struct entity *e, const struct step *s)
{
	struct pieces pieces = { 0 };
	struct buf text;
	int status;

	if (s->relabel.encoding == NULL && !s->relabel.version && !s->refit)
		return 0;
	if (copy(p, e->header) != 0)
		return -1;
	buf_init(&text, OUTLINE_HEADER);
	status = read_header(p, e, &text);
	if (status == 0)
		status = relabel_header(&pieces, buf_view(&text), &s->relabel,
		    p->fault);
	if (status == 0)
		status = s->refit ? lay_refitted(p, e, &pieces) :
		    lay_pieces(p, e, &text, &pieces);
	p->copied = e->header + e->header_n;
	pieces_free(&pieces);
	buf_free(&text);
	return status;
}

static int
lay_body(struct plan *p, const struct entity *e, const struct step *s)
{
	if (e->kind == ENTITY_PADDING && e->wide &&
	    p->rules->limit < MIME_BINARY) {
		if (copy(p, e->body) != 0)
			return -1;
		p->copied = e->end;
	}
	if (s->coding.code == ENCODER_NONE)
		return 0;
	if (copy(p, e->body) != 0 || spans_code(&p->mime->spans, e->body,
	    e->end - e->body, &s->coding, p->fault) != 0)
		return -1;
	p->copied = e->end;
	/* Base64 has no line end of its own; a boundary has brought one. */
	return s->coding.code == ENCODER_BASE64 &&
	    e->end == store_size(p->mime->body) ? make(p, STR("\r\n")) : 0;
}

static int
lay_out(struct plan *p)
{
	const struct outline *o = &p->outline;

	if (relabel_header(&p->mime->top, p->mime->header,
	    &p->step[0].relabel, p->fault) != 0)
		return -1;
	for (size_t i = 0; i < o->count; i++)
		if ((i > 0 && lay_header(p, &o->entity[i],
		    &p->step[i]) != 0) ||
		    lay_body(p, &o->entity[i], &p->step[i]) != 0)
			return -1;
	return copy(p, store_size(p->mime->body));
}

int
mime_plan(struct mime *m, const struct mime_rules *rules, struct fault *f)
{
	struct plan p = { .mime = m, .rules = rules, .fault = f };
	int status = outline_read(&p.outline, m->header, m->body, rules->open,
	    f);
	struct step *step;

	if (status != 0)
		return -1;
	step = calloc(p.outline.count, sizeof(*step));
	p.step = step;
	if (step == NULL)
		status = fault(f, EX_OSERR, "message: out of memory");
	if (status == 0)
		status = decide_all(&p);
	if (status == 0)
		status = lay_out(&p);
	free(step);
	outline_free(&p.outline);
	return status;
}

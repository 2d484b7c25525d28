/* SPDX-License-Identifier: ISC */
/*
 * Which mechanism to take, RFC 4954 section 4: what the server offers, the
 * administrator allows and the credentials permit meet here.  When nothing is
 * left, the reason told is that of the mechanism that came nearest.
 */
#include "smtp/mechanism.h"

/* Why a mechanism is not taken, the nearer to success the greater. */
enum obstacle {
	UNKNOWN, NOT_ALLOWED, NOT_NAMED, NO_CERTIFICATE, NO_BINDING, NO_USER,
	NO_SECRET, CLEAR_TEXT, NONE
};

static const char *const obstacles[] = {
	[UNKNOWN] = "none of them is known here",
	[NOT_ALLOWED] = "none of them is among those that \"auth\" allows",
	[NOT_NAMED] = "they take a token as password and are used when "
	    "\"auth\" names them",
	[NO_CERTIFICATE] = "EXTERNAL needs a client certificate (tls-cert) "
	    "and no password",
	[NO_BINDING] = "they need TLS with channel binding",
	[NO_USER] = "no user is configured",
	[NO_SECRET] = "no password is configured",
	[CLEAR_TEXT] = "they send the password in clear text over an "
	    "unverified connection (use smtp+tls:// or "
	    "\"auth-without-tls yes\")"
};

/* The place of a name in a list of words, SIZE_MAX when it is not there. */
static size_t
place(struct str words, const char *name)
{
	struct str word;

	for (size_t i = 0; str_word(&words, &word); i++)
		if (str_ieq(word, str_of(name)))
			return i;
	return SIZE_MAX;
}

/* What keeps the credentials from this mechanism; named: in "auth". */
static enum obstacle
judge(const struct sasl_mechanism *m, const struct sasl_credentials *c,
    bool named)
{
	if ((m->traits & NEED_NAMING) && !named)
		return NOT_NAMED;
	/* Who has a password means to use it, unless told otherwise. */
	if ((m->traits & NEED_CERTIFICATE) &&
	    (!c->certificate || (c->secret.n > 0 && !named)))
		return NO_CERTIFICATE;
	if ((m->traits & NEED_BINDING) && c->binding_type == NULL)
		return NO_BINDING;
	if ((m->traits & NEED_USER) && c->user == NULL)
		return NO_USER;
	if ((m->traits & NEED_SECRET) && c->secret.n == 0)
		return NO_SECRET;
	if ((m->traits & SENDS_SECRET) && !c->clear_text)
		return CLEAR_TEXT;
	return NONE;
}

/* The mechanism's place in the order that nobody has given. */
static size_t
preference(const struct sasl_mechanism *m, size_t i,
    const struct sasl_credentials *c)
{
	return c->overheard && (m->traits & SENDS_SECRET) != 0 ?
	    SIZE_MAX / 2 + i : i;
}

const struct sasl_mechanism *
mechanism_choose(const struct sasl_mechanism *all, struct str offered,
    const char *allowed, const struct sasl_credentials *c, struct fault *f)
{
	const struct sasl_mechanism *chosen = NULL;
	const struct str shown = str_trim(offered);
	enum obstacle found, nearest = UNKNOWN;
	size_t rank, best = SIZE_MAX;

	for (size_t i = 0; all[i].name != NULL; i++) {
		const struct sasl_mechanism *m = &all[i];

		if (place(offered, m->name) == SIZE_MAX)
			continue;
		rank = allowed == NULL ? preference(m, i, c) :
		    place(str_of(allowed), m->name);
		found = rank == SIZE_MAX ? NOT_ALLOWED :
		    judge(m, c, allowed != NULL);
		if (found > nearest)
			nearest = found;
		if (found == NONE && rank < best) {
			best = rank;
			chosen = m;
		}
	}
	if (shown.n == 0)
		(void)fault(f, EX_NOPERM, "the relay offers no mechanism");
	else if (chosen == NULL)
		(void)fault(f, EX_NOPERM, "the relay offers %.*s only: %s",
		    shown.n < 200 ? (int)shown.n : 200, shown.p,
		    obstacles[nearest]);
	return chosen;
}

bool
mechanism_binding(struct str offered)
{
	static const struct str plus = { "-PLUS", 5 };
	struct str word;

	while (str_word(&offered, &word))
		if (word.n > plus.n && str_ieq((struct str){ word.p + word.n -
		    plus.n, plus.n }, plus))
			return true;
	return false;
}

/* SPDX-License-Identifier: ISC */
/*
 * The client's side of SCRAM, RFC 5802 and 7677: three pure steps from
 * message to message.  Knows no transport.  The server is not trusted: its
 * nonce must extend ours, the price it may ask for (iterations) is bounded on
 * both sides, and it has to prove that it knows the password.
 *
 * The state is the client's first message, bare, after the first step, and
 * the signature the server must present after the second.
 */
#include <string.h>

#include "base/base64.h"
#include "base/random.h"
#include "smtp/saslprep.h"
#include "smtp/scram.h"

enum {
	NONCE_OCTETS = 18,		/* 144 random bits, 24 characters */
	SALT_MAX = 1024,
	BINDING_MAX = 1024,
	PASSWORD_MAX = 16 * 1024,
	ITERATIONS_MIN = 4096,		/* RFC 7677 section 4 */
	ITERATIONS_MAX = 1000 * 1000	/* about a second of our time */
};

/* The server's first message. */
struct offer {
	struct str	nonce;
	struct str	salt;		/* base64 */
	uint32_t	iterations;
};

struct keys {
	uint8_t	salted[HASH_MAX], client[HASH_MAX], stored[HASH_MAX];
	uint8_t	proof[HASH_MAX], server[HASH_MAX];
};

static struct str
view(const struct scram *s, const uint8_t *digest)
{
	return (struct str){ (const char *)digest, s->hash->size };
}

/* The GS2 header, RFC 5802 section 7. */
static void
add_header(const struct scram *s, struct buf *out)
{
	if (s->binding_type != NULL)
		(void)buf_fmt(out, "p=%s,,", s->binding_type);
	else
		(void)buf_puts(out, s->unseen ? "y,," : "n,,");
}

static int
add_user(const struct scram *s, struct buf *out, struct fault *f)
{
	struct buf user;

	buf_init(&user, PASSWORD_MAX);
	if (saslprep(&user, str_of(s->user), f) == -1) {
		buf_free(&user);
		return fault(f, f->code, "the user name %s", f->text);
	}
	for (size_t i = 0; i < user.n; i++) {
		if (user.p[i] == ',')
			(void)buf_puts(out, "=2C");
		else if (user.p[i] == '=')
			(void)buf_puts(out, "=3D");
		else
			(void)buf_char(out, user.p[i]);
	}
	out->failed |= user.failed;
	buf_free(&user);
	return 0;
}

int
scram_first(const struct scram *s, struct buf *out, struct fault *f)
{
	uint8_t random[NONCE_OCTETS];

	(void)buf_puts(s->state, "n=");
	if (add_user(s, s->state, f) == -1)
		return -1;
	(void)buf_puts(s->state, ",r=");
	if (s->nonce != NULL)
		(void)buf_puts(s->state, s->nonce);
	else {
		random_bytes(random, sizeof(random));
		(void)base64_encode(s->state,
		    (struct str){ (char *)random, sizeof(random) });
	}
	add_header(s, out);
	(void)buf_str(out, buf_view(s->state));
	return 0;
}

/*
 * Takes "name=value" off a message, up to the next comma.  What the server
 * may say instead, an error or a mandatory extension, ends the exchange.
 */
static int
take(struct str *message, char name, struct str *value, struct fault *f)
{
	struct str part;

	if (!str_cut(message, ',', &part) || part.n < 2 || part.p[1] != '=')
		return fault(f, EX_PROTOCOL, "malformed message of the relay "
		    "(RFC 5802 section 7)");
	*value = (struct str){ part.p + 2, part.n - 2 };
	if (part.p[0] == name)
		return 0;
	if (part.p[0] == 'e')
		return fault(f, EX_NOPERM, "the relay says %.*s",
		    value->n < 200 ? (int)value->n : 200, value->p);
	if (part.p[0] == 'm')
		return fault(f, EX_PROTOCOL, "the relay demands an unknown "
		    "extension (RFC 5802 section 5.1)");
	return fault(f, EX_PROTOCOL, "message of the relay lacks %c= (RFC 5802 "
	    "section 7)", name);
}

static int
take_iterations(struct str *message, uint32_t *iterations, struct fault *f)
{
	struct str digits;
	uint32_t n = 0;

	if (take(message, 'i', &digits, f) == -1)
		return -1;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return fault(f, EX_PROTOCOL, "the relay's iteration "
			    "count is no number");
		if (n <= ITERATIONS_MAX)
			n = n * 10 + (uint32_t)(digits.p[i] - '0');
	}
	if (n < ITERATIONS_MIN)
		return fault(f, EX_NOPERM, "the relay wants %u iterations only,"
		    " at least %d are safe (RFC 7677 section 4)", n,
		    ITERATIONS_MIN);
	if (n > ITERATIONS_MAX)
		return fault(f, EX_NOPERM, "the relay wants more than %d "
		    "iterations", ITERATIONS_MAX);
	*iterations = n;
	return 0;
}

/* The nonce must go on where ours ended, and consist of allowed characters. */
static int
check_nonce(const struct scram *s, struct str theirs, struct fault *f)
{
	struct str ours = buf_view(s->state), user;

	(void)str_cut(&ours, ',', &user);
	ours.p += 2;
	ours.n -= 2;
	if (theirs.n <= ours.n || memcmp(theirs.p, ours.p, ours.n) != 0)
		return fault(f, EX_NOPERM, "the relay's nonce does not extend "
		    "ours (RFC 5802 section 5.1)");
	for (size_t i = 0; i < theirs.n; i++)
		if (theirs.p[i] < '!' || theirs.p[i] > '~')
			return fault(f, EX_PROTOCOL, "the relay's nonce is not "
			    "printable");
	return 0;
}

static int
salt_password(const struct scram *s, const struct offer *o, uint8_t *salted,
    struct fault *f)
{
	struct buf salt, password;
	int status = -1;

	buf_init(&salt, SALT_MAX);
	buf_init(&password, PASSWORD_MAX);
	if (base64_decode(&salt, o->salt) == -1 || salt.n == 0)
		(void)fault(f, EX_PROTOCOL, "the relay's salt is not base64, "
		    "or too long");
	else if (saslprep(&password, s->password, f) == -1)
		(void)fault(f, f->code, "the password %s", f->text);
	else if (password.failed)
		(void)fault(f, EX_CONFIG, "the password is too long");
	else {
		hmac_pbkdf2(s->hash, buf_view(&password), buf_view(&salt),
		    o->iterations, salted);
		status = 0;
	}
	buf_free(&salt);
	buf_free(&password);
	return status;
}

/* Turns the state into the AuthMessage; returns where the last part begins. */
static size_t
add_final(const struct scram *s, struct str challenge, struct str nonce)
{
	struct buf binding;
	size_t start;

	buf_init(&binding, BINDING_MAX);
	add_header(s, &binding);
	if (s->binding_type != NULL)
		(void)buf_str(&binding, s->binding);
	(void)buf_char(s->state, ',');
	(void)buf_str(s->state, challenge);
	(void)buf_char(s->state, ',');
	start = s->state->n;
	(void)buf_puts(s->state, "c=");
	(void)base64_encode(s->state, buf_view(&binding));
	(void)buf_puts(s->state, ",r=");
	(void)buf_str(s->state, nonce);
	s->state->failed |= binding.failed;
	buf_free(&binding);
	return start;
}

/* RFC 5802 section 3; the server's signature replaces the state. */
static void
prove(const struct scram *s, struct keys *k, struct str password)
{
	const struct hash *h = s->hash;
	struct str text = buf_view(s->state);

	hmac(h, password, STR("Client Key"), k->client);
	hash_digest(h, view(s, k->client), k->stored);
	hmac(h, view(s, k->stored), text, k->proof);
	for (size_t i = 0; i < h->size; i++)
		k->proof[i] ^= k->client[i];
	hmac(h, password, STR("Server Key"), k->server);
	hmac(h, view(s, k->server), text, k->server);
	buf_clear(s->state);
	(void)buf_str(s->state, view(s, k->server));
}

int
scram_final(const struct scram *s, struct str challenge, struct buf *out,
    struct fault *f)
{
	struct str rest = challenge;
	struct offer o;
	struct keys k;
	size_t start;
	int status;

	if (take(&rest, 'r', &o.nonce, f) == -1 ||
	    take(&rest, 's', &o.salt, f) == -1 ||
	    take_iterations(&rest, &o.iterations, f) == -1 ||
	    check_nonce(s, o.nonce, f) == -1)
		return -1;
	start = add_final(s, challenge, o.nonce);
	if (s->state->failed)
		return fault(f, EX_PROTOCOL, "the relay's message is too long");
	status = salt_password(s, &o, k.salted, f);
	if (status == 0) {
		(void)buf_add(out, s->state->p + start, s->state->n - start);
		prove(s, &k, view(s, k.salted));
		(void)buf_puts(out, ",p=");
		(void)base64_encode(out, view(s, k.proof));
	}
	explicit_bzero(&k, sizeof(k));
	return status;
}

int
scram_verify(const struct scram *s, struct str challenge, struct fault *f)
{
	struct str encoded;
	struct buf signature;
	int status = 0;

	if (take(&challenge, 'v', &encoded, f) == -1)
		return -1;
	buf_init(&signature, HASH_MAX);
	if (base64_decode(&signature, encoded) == -1 ||
	    signature.n != s->hash->size ||
	    s->state->n != s->hash->size ||
	    !hash_equal(s->hash, (const uint8_t *)signature.p,
	    (const uint8_t *)s->state->p))
		status = fault(f, EX_NOPERM, "the relay does not know the "
		    "password: its signature is wrong (RFC 5802 section 5)");
	buf_free(&signature);
	return status;
}

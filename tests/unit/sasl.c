/* SPDX-License-Identifier: ISC */
/*
 * Plays SASL exchanges described on stdin; an empty line ends one.  First come
 * "KEYWORD VALUE" lines (see set), then "go", then the server's part: "S: "
 * and a challenge, "235" or "535".  All values are in vis(3) form.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smtp/sasl.h"
#include "lines.h"

struct exchange {
	struct sasl_credentials credentials;
	struct str	 offered;
	char		*allowed;
	struct sasl	 sasl;
	bool		 started;
	char		*kept[16];	/* values, to be freed */
	size_t		 count;
};

static char *
keep(struct exchange *e, const char *value, size_t *n)
{
	char *copy = strdup(value);

	if (copy == NULL || e->count == 16)
		errx(1, "too many values");
	*n = lines_decode(copy).n;
	return e->kept[e->count++] = copy;
}

static void
set(struct exchange *e, const char *name, const char *value)
{
	struct sasl_credentials *c = &e->credentials;
	size_t n;
	char *p = keep(e, value, &n);

	if (strcmp(name, "offer") == 0)
		e->offered = (struct str){ p, n };
	else if (strcmp(name, "allow") == 0)
		e->allowed = p;
	else if (strcmp(name, "user") == 0)
		c->user = p;
	else if (strcmp(name, "secret") == 0)
		c->secret = (struct str){ p, n };
	else if (strcmp(name, "host") == 0)
		c->host = p;
	else if (strcmp(name, "port") == 0)
		c->port = (uint16_t)strtoul(p, NULL, 10);
	else if (strcmp(name, "type") == 0)
		c->binding_type = p;
	else if (strcmp(name, "binding") == 0)
		c->binding = (struct str){ p, n };
	else if (strcmp(name, "certificate") == 0)
		c->certificate = true;
	else if (strcmp(name, "clear") == 0)
		c->clear_text = true;
	else if (strcmp(name, "overheard") == 0)
		c->overheard = true;
	else if (strcmp(name, "nonce") == 0)
		c->nonce = p;
	else
		errx(1, "%s: unknown keyword", name);
}

static void
refused(const struct fault *f)
{
	printf("  refused with %d: %s\n", f->code, f->text);
}

static void
step(struct exchange *e, const char *value)
{
	struct fault f = { 0 };
	struct buf out;
	char text[4096];
	size_t n;
	char *p = keep(e, value, &n);

	buf_init(&out, SASL_MAX);
	if (sasl_step(&e->sasl, (struct str){ p, n }, &out, &f) == -1)
		refused(&f);
	else {
		str_escape(text, sizeof(text), buf_view(&out));
		printf("C: %s%s\n", text, e->sasl.done ? " (done)" : "");
	}
	buf_free(&out);
}

static void
go(struct exchange *e)
{
	struct fault f = { 0 };

	if (e->credentials.host == NULL)
		e->credentials.host = "smtp.example.com";
	if (sasl_start(&e->sasl, e->offered, e->allowed, &e->credentials,
	    &f) == -1) {
		refused(&f);
		return;
	}
	e->started = true;
	printf("AUTH %s\n", sasl_name(&e->sasl));
	if (sasl_initial(&e->sasl))
		step(e, "");
}

static void
verdict(struct exchange *e, const char *line)
{
	struct fault f = { EX_NOPERM, "535 no" };

	if (strcmp(line, "535") == 0)
		sasl_explain(&e->sasl, &f);
	else if (sasl_finish(&e->sasl, &f) == 0) {
		printf("  accepted\n");
		return;
	}
	refused(&f);
}

static void
finish(struct exchange *e)
{
	if (e->started)
		sasl_free(&e->sasl);
	while (e->count > 0)
		free(e->kept[--e->count]);
	*e = (struct exchange){ 0 };
	putchar('\n');
}

int
main(void)
{
	struct exchange e = { 0 };
	char *line, *value;

	while ((line = lines_read()) != NULL) {
		if (line[0] == '\0') {
			finish(&e);
			continue;
		}
		if (strncmp(line, "S: ", 3) == 0 || line[0] == '#')
			printf("%s\n", line);
		if (strcmp(line, "go") == 0)
			go(&e);
		else if (strncmp(line, "S: ", 3) == 0 && e.started)
			step(&e, line + 3);
		else if (line[0] >= '0' && line[0] <= '9' && e.started)
			verdict(&e, line);
		else if (line[0] != '#') {
			if ((value = strchr(line, ' ')) == NULL)
				errx(1, "%s: no value", line);
			*value++ = '\0';
			set(&e, line, value);
		}
	}
	finish(&e);
	return 0;
}

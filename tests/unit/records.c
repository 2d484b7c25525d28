/* SPDX-License-Identifier: ISC */
/*
 * Reads "spf RECORD", "dkim RECORD" or "dmarc RECORD" per line, in which "\t"
 * and "\0" stand for these octets, and prints the line with what it means.
 */
#include <arpa/inet.h>

#include <stdio.h>
#include <string.h>

#include "doctor/spf.h"
#include "doctor/tags.h"

static void
print_spf(struct str record)
{
	static const char *const kinds[] = { "all", "include", "a", "mx",
	    "ptr", "ip4", "ip6", "exists", "redirect", "exp", "other" };
	struct spf_term t;
	struct fault f;
	int found;

	if (!spf_is(record)) {
		printf("  no SPF\n");
		return;
	}
	while ((found = spf_next(&record, &t, &f)) > 0) {
		char ip[INET6_ADDRSTRLEN];

		printf("  %c%s", t.qualifier, kinds[t.kind]);
		if (t.domain.n > 0)
			printf(" <%.*s>%s", STR_ARG(t.domain),
			    t.macro ? " macro" : "");
		if (t.kind == SPF_IP4 || t.kind == SPF_IP6)
			printf(" %s", inet_ntop(t.kind == SPF_IP4 ? AF_INET :
			    AF_INET6, t.octets, ip, sizeof(ip)));
		if (t.kind >= SPF_A && t.kind <= SPF_IP6)
			printf(" /%u //%u", t.prefix4, t.prefix6);
		printf("\n");
	}
	if (found < 0)
		printf("  %d %s\n", f.code, f.text);
}

static void
print_dkim(struct str record)
{
	struct dkim_key k;
	struct buf octets;
	struct fault f;

	buf_init(&octets, 4096);
	if (dkim_key_parse(record, &k, &octets, &f) != 0)
		printf("  %d %s\n", f.code, f.text);
	else
		printf("  %s%s%s %zu octets\n", k.ed25519 ? "ed25519" : "rsa",
		    k.revoked ? " revoked" : "", k.testing ? " testing" : "",
		    octets.n);
	buf_free(&octets);
}

static void
print_dmarc(struct str record)
{
	struct dmarc d;
	struct fault f;

	if (!dmarc_is(record))
		printf("  no DMARC\n");
	else if (dmarc_parse(record, &d, &f) != 0)
		printf("  %d %s\n", f.code, f.text);
	else
		printf("  p=%s sp=%s adkim=%c aspf=%c psd=%c%s%s%s\n",
		    dmarc_word(d.policy), dmarc_word(d.sub),
		    d.strict_dkim ? 's' : 'r', d.strict_spf ? 's' : 'r', d.psd,
		    d.missing ? " missing" : "", d.testing ? " testing" : "",
		    d.reports ? " reports" : "");
}

/* Puts the octets in that are written with a backslash. */
static size_t
unescape(char *line)
{
	char *out = line;

	for (char *in = line; *in != '\0'; in++) {
		if (*in == '\\' && (in[1] == 't' || in[1] == '0')) {
			*out++ = *++in == 't' ? '\t' : '\0';
			continue;
		}
		*out++ = *in;
	}
	return (size_t)(out - line);
}

int
main(void)
{
	static char line[8192];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct str rest, kind;

		line[strcspn(line, "\n")] = '\0';
		printf("%s\n", line);
		rest = (struct str){ line, unescape(line) };
		(void)str_cut(&rest, ' ', &kind);
		if (str_eq(kind, STR("spf")))
			print_spf(rest);
		else if (str_eq(kind, STR("dkim")))
			print_dkim(rest);
		else if (str_eq(kind, STR("dmarc")))
			print_dmarc(rest);
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The answer of a name server from any bytes.  The first byte chooses what was
 * asked for, and the number of the question is put into the packet, so that
 * most inputs get past the first look.  No record may come out with a name that
 * is none, and none at all unless something was found.
 */
#include <arpa/nameser.h>
#include <resolv.h>

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/url.h"
#include "net/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned types[] = { ANSWER_A, ANSWER_AAAA, ANSWER_MX, ANSWER_SRV };

static void
check(const struct answer *a, unsigned type)
{
	assert(a->count <= ANSWER_MAX);
	for (size_t i = 0; i < a->count; i++) {
		const struct record *r = &a->record[i];

		assert(strlen(r->host) < ANSWER_NAME);
		assert(r->host[0] == '\0' || url_is_domain(str_of(r->host)));
		if (type == ANSWER_A || type == ANSWER_AAAA)
			assert(r->host[0] == '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char question[300];
	unsigned type;
	struct answer a;
	enum answer_status status;
	char *packet;
	int n;

	if (size < 3)
		return 0;
	type = types[data[0] % 4];
	n = res_mkquery(ns_o_query, "a.test", ns_c_in, (int)type, NULL, 0,
	    NULL, question, sizeof(question));
	if (n < 0)
		abort();
	packet = malloc(size - 1);
	if (packet == NULL)
		abort();
	memcpy(packet, data + 1, size - 1);
	memcpy(packet, question, 2);
	status = answer_parse(&a, (struct str){ packet, size - 1 },
	    (struct str){ (const char *)question, (size_t)n });
	assert(status != ANSWER_SILENT);
	if (status == ANSWER_FOUND)
		check(&a, type);
	else
		assert(a.count == 0 && a.record == NULL);
	answer_free(&a);
	free(packet);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Prints an object with every kind of member: "text" is standard input, as it
 * is.
 */
#include <stdio.h>

#include "base/json.h"

static void
print(struct str s)
{
	struct buf b;

	buf_init(&b, 4 * 1024 * 1024);
	json_open(&b, NULL, '{');
	json_str(&b, "text", s);
	json_open(&b, "list", '[');
	json_number(&b, NULL, INT64_MIN);
	json_seconds(&b, NULL, -1500);
	json_seconds(&b, NULL, 60007);
	json_bool(&b, NULL, true);
	json_text(&b, NULL, NULL);
	json_close(&b, ']');
	json_open(&b, "empty\n", '{');
	json_close(&b, '}');
	json_close(&b, '}');
	printf("%s\n", buf_cstr(&b));
	buf_free(&b);
}

int
main(void)
{
	static char text[1024 * 1024];

	print((struct str){ text, fread(text, 1, sizeof(text), stdin) });
	return 0;
}

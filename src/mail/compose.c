/* SPDX-License-Identifier: ISC */
/*
 * Fields that the caller left out: RFC 5322 sections 3.3, 3.4 and 3.6.4, and
 * encoded words for names that are not ASCII, RFC 2047.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/utf8.h"
#include "mail/compose.h"
#include "mail/encoded.h"

/* A longer display name is cut: the line it stands on has a limit. */
enum { NAME_MAX_OCTETS = 300 };

void
stamp_set(struct stamp *stamp)
{
	*stamp = (struct stamp){ .now = time(NULL) };
}

void
stamp_draw(struct stamp *stamp)
{
	if (stamp->random == 0)
		random_bytes(&stamp->random, sizeof(stamp->random));
}

/* A display name as a phrase: as it is, quoted, or encoded words. */
static void
phrase(struct buf *b, struct str name)
{
	static const char atext[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~ ";
	bool plain = true;

	name = (struct str){ name.p, utf8_whole(name, NAME_MAX_OCTETS) };
	if (str_has_8bit(name)) {
		encoded_words(b, name);
		return;
	}
	for (size_t i = 0; i < name.n; i++)
		plain = plain && name.p[i] != '\0' &&
		    strchr(atext, name.p[i]) != NULL;
	if (plain) {
		(void)buf_str(b, name);
		return;
	}
	(void)buf_char(b, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			(void)buf_char(b, '\\');
		/* Control characters have no place in a name. */
		(void)buf_char(b, (unsigned char)name.p[i] < ' ' ||
		    name.p[i] == 127 ? ' ' : name.p[i]);
	}
	(void)buf_char(b, '"');
}

void
compose_date(struct buf *b, const char *field, const struct stamp *stamp)
{
	static const char day[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu",
	    "Fri", "Sat" };
	static const char month[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm;
	long minutes;

	if (localtime_r(&stamp->now, &tm) == NULL)
		(void)gmtime_r(&(time_t){ 0 }, &tm);
	minutes = labs(tm.tm_gmtoff) / 60;
	(void)buf_fmt(b, "%s: %s, %d %s %d %02d:%02d:%02d %c%02ld%02ld\r\n",
	    field, day[tm.tm_wday], tm.tm_mday, month[tm.tm_mon],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void
compose_from(struct buf *b, const char *field, const char *name,
    const char *address)
{
	struct str text = str_trim(str_of(name));

	(void)buf_fmt(b, "%s: ", field);
	if (text.n == 0) {
		(void)buf_fmt(b, "%s\r\n", address);
		return;
	}
	phrase(b, text);
	(void)buf_fmt(b, " <%s>\r\n", address);
}

void
compose_message_id(struct buf *b, const char *field,
    const struct stamp *stamp, const char *hostname)
{
	struct tm tm;

	if (gmtime_r(&stamp->now, &tm) == NULL)
		tm = (struct tm){ 0 };
	(void)buf_fmt(b, "%s: <%04d%02d%02d%02d%02d%02d.%016" PRIx64 "@%s>\r\n",
	    field, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, stamp->random, hostname);
}

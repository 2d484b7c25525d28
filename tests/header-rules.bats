#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What becomes of odd headers, beside what a real Postfix makes of them for a
# local caller.  golden/header-rules.ref shows both; sendlet(8) says where they
# differ, and why.

# shellcheck disable=SC2034,SC2046,SC2183 # for servers/e2e; a list of words
load lib/common
load servers/e2e

SERVER=postfix

setup_file() {
	SETTINGS='message_drop_headers = bcc, content-length, resent-bcc, return-path
		myorigin = host.test' start_server postfix
}

@test "headers: as Postfix does, but for what is known" {
	printf '%s\n' 'hostname host.test' 'relay maildir:/nowhere' | (umask 077 && cat >"$CONF")
	"${PYTHON[@]}" "$ROOT/tests/lib/headers.py" "$ROOT/tests/golden/header-rules.in" "$SENDLET" "$CONF" \
		"$ROOT/tests/servers/postfix.sh" "$BATS_FILE_TMPDIR/server" >"$BATS_TEST_TMPDIR/result"
	diff -u "$ROOT/tests/golden/header-rules.ref" "$BATS_TEST_TMPDIR/result"
}

@test "headers: 10,000 recipients in 2 MB" {
	{
		echo 'From: kit@example.org'
		printf 'To: "%0180d" <r0@example.net>' 0
		printf ',\n "%0180d" <r%d@example.net>' $(for i in {1..9999}; do echo "$i $i"; done)
		printf '\n\ntext\n'
	} >"$BATS_TEST_TMPDIR/mail"
	(($(stat -c %s "$BATS_TEST_TMPDIR/mail") > 2000000))
	start_sink
	conf_plain
	send -i -t -f kit@example.org <"$BATS_TEST_TMPDIR/mail"
	assert_sent
	assert_equal "$(envelope recipients | sort -u | wc -l)" 10000
	grep -vE '^(Date|Message-ID): ' "$(arrived)" | tr -d '\r' | cmp - "$BATS_TEST_TMPDIR/mail"
}

@test "headers: as many bare names, each gets its domain" {
	{
		echo 'From: kit@example.org'
		printf 'To: r0'
		printf ', r%d' {1..9999} | fold -s -w 900 | sed '2,$s/^/ /'
		printf '\n\ntext\n'
	} >"$BATS_TEST_TMPDIR/mail"
	start_sink
	conf_plain
	send -i -t -f kit@example.org <"$BATS_TEST_TMPDIR/mail"
	assert_sent
	assert_equal "$(envelope recipients | sort -u | wc -l)" 10000
	assert_equal "$(grep -o 'r[0-9]*@client.example.org' "$(arrived)" | sort -u | wc -l)" 10000
	[[ $(wc -L <"$(arrived)") -le 998 ]]
}

@test "headers: more than 16 MiB are refused" {
	yes 'X-Line: and so on, until nobody can believe any more that this is a header' |
		head -c 16777300 >"$BATS_TEST_TMPDIR/mail"
	start_sink
	conf_plain
	send -i pat@example.net <"$BATS_TEST_TMPDIR/mail"
	assert_exit 65
	assert_stderr_line 'sendlet: message: header: longer than 16777216 octets'
	assert_received 0
}

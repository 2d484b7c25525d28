#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendmail -bv: what would become of a mail.  The dialogue is in wire/verify*.t.

load lib/common

@test "verify: standard input is not read" {
	start_sink
	conf_plain
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	exec {open}<>"$BATS_TEST_TMPDIR/fifo"
	message >&"$open"
	LIMIT=5 send -bv pat@example.net <&"$open"
	exec {open}>&-
	assert_exit 0
	assert_received 0
	assert_wire_clean
	[[ ! -s $ERR ]]
	grep -qxE 'pat@example.net... deliverable: mailer relay, host .*, user pat@example.net \(250 .*\)' "$OUT"
}

@test "verify: an address is needed, with -t too" {
	start_sink
	conf_plain
	for options in -bv '-t -i -bv'; do
		# shellcheck disable=SC2086 # words
		send $options < <(message)
		assert_exit 64
		assert_stderr_line 'sendlet: no address: -bv reads no message'
		[[ ! -s $OUT ]]
	done
	assert_received 0
}

@test "verify: a list, duplicates and names" {
	start_sink
	conf_plain 'root ops@example.com'
	send -bv 'root, pat@example.net' Pat@example.net pat@EXAMPLE.net kit
	assert_exit 0
	diff -u - <(sed 's/\.\.\. .* user / /; s/ (.*//' "$OUT") <<-END
		root ops@example.com
		pat@example.net pat@example.net
		Pat@example.net Pat@example.net
		kit@client.example.org kit@client.example.org
	END
}

@test "verify: a Maildir takes everything and gets nothing" {
	conf <<<"relay maildir:$BATS_TEST_TMPDIR/mail"
	send -bv pat@example.net
	assert_exit 0
	grep -qxF 'pat@example.net... deliverable: mailer relay, user pat@example.net (a Maildir)' "$OUT"
	[[ ! -e $BATS_TEST_TMPDIR/mail ]]
}

@test "verify: with -n the names are as they are" {
	conf <<-END
		relay maildir:$BATS_TEST_TMPDIR/mail
		root ops@example.com
	END
	send -n -bv root
	assert_exit 0
	grep -q ', user root@client.example.org ' "$OUT"
}

@test "verify: mistakes in the aliases are told" {
	echo 'root: ops@example.com, /dev/null' >"$BATS_TEST_TMPDIR/aliases"
	chmod 644 "$BATS_TEST_TMPDIR/aliases"
	ALIASES=("SENDLET_ALIASES=$BATS_TEST_TMPDIR/aliases")
	conf <<<"relay maildir:$BATS_TEST_TMPDIR/mail"
	send -bv root
	assert_exit 0
	grep -q '^root... deliverable: .* user ops@example.com ' "$OUT"
	assert_stderr_line 'sendlet: aliases: 1 error, .*:1: /dev/null: files are not written: .*'
}

@test "verify: a relay that is down is no verdict" {
	conf <<-END
		relay smtp+notls://127.0.0.1:$(closed_port)
		user kit
		password secret
	END
	send -bv pat@example.net
	assert_exit 69
	grep -q '^pat@example.net... deferred: ' "$OUT"
}

@test "verify: a login that is refused" {
	start_sink --auth PLAIN --auth-plaintext --password other
	conf_plain 'user kit@example.org' 'password secret' 'auth-without-tls yes'
	send -bv pat@example.net
	assert_exit 77
	grep -q '^pat@example.net... undeliverable: .*535' "$OUT"
}

@test "verify: a line break in an address is refused" {
	start_sink
	conf_plain
	send -bv $'pat@example.net\r\nDATA'
	assert_exit 65
	[[ ! -e $SINK/trace ]] || ! grep -q RCPT "$SINK/trace"
}

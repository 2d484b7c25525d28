#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2030,SC2031 # each test has its own shell
# sendmail -bs: what one mail leaves behind must not hurt the next.

load lib/common

# dialogue LINE...: all lines at once; the answers are in $OUT.
dialogue() {
	printf '%s\r\n' "$@" >"$BATS_TEST_TMPDIR/dialogue"
	send -bs <"$BATS_TEST_TMPDIR/dialogue"
}

# A mail with this word as its text.
mail() {
	printf '%s\n' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<pat@example.net>' DATA \
		'Subject: a test' '' "$1" .
}

# Two mails, of which the first is refused; the second must arrive.
second_mail_arrives() {
	local -a lines
	mapfile -t lines < <(mail "${1:-one}" && mail two)
	dialogue 'EHLO me' "${lines[@]}" QUIT
	assert_exit 0
	assert_received 1
	grep -q '^two' "$(arrived 1)"
	assert_wire_clean
}

@test "the relay refuses DATA: the next mail is not hurt" {
	start_sink --on 'DATA#1=554 5.7.1 not now'
	conf_plain
	second_mail_arrives
	grep -q '^554 5\.7\.1 DATA: 554 5\.7\.1 not now' "$OUT"
}

@test "the relay refuses DATA for now: the next mail is not hurt" {
	start_sink --on 'DATA#1=451 4.7.1 not now' --on 'DATA#2=451 4.7.1 not now'
	conf_plain
	second_mail_arrives
	grep -q '^451 4\.7\.1 DATA: 451 4\.7\.1 not now' "$OUT"
}

@test "a mail larger than the relay allows: the next one is not hurt" {
	start_sink --size 300
	conf_plain
	second_mail_arrives "$(printf '%0400d' 0)"
	grep -q '^554 5\.3\.4 .*the relay takes 300' "$OUT"
}

@test "the Maildir takes the mail when the relay before it does not" {
	conf <<-END
		relay smtp+notls://127.0.0.1:$(closed_port)
		relay maildir:$BATS_TEST_TMPDIR/box
	END
	local -a lines
	mapfile -t lines < <(mail one)
	dialogue 'EHLO me' "${lines[@]}" QUIT
	assert_exit 0
	! grep '^[45]' "$OUT" || fail 'refused'
	grep -q '^one' "$BATS_TEST_TMPDIR"/box/new/*
}

@test "a message yet to come may be 8-bit: the relay is told so" {
	start_sink
	conf_plain
	local -a lines
	mapfile -t lines < <(mail $'gr\xc3\xbc\xc3\x9fe')
	dialogue 'EHLO me' "${lines[@]}" QUIT
	assert_exit 0
	assert_received 1
	grep -q 'MAIL FROM:<kit@example.org> BODY=8BITMIME' "$SINK/wire.1"
	assert_wire_clean
}

@test "more answers than a buffer holds: all of them are given" {
	start_sink
	conf_plain
	for _ in {1..20000}; do
		echo 'EHLO x'
	done >"$BATS_TEST_TMPDIR/dialogue"
	send -bs <"$BATS_TEST_TMPDIR/dialogue"
	assert_exit 0
	assert_equal "$(grep -c '^250 CHUNKING' "$OUT")" 20000
}

@test "standard input and output that do not block" {
	local -a lines
	start_sink
	conf_plain
	mapfile -t lines < <(mail one)
	{
		for _ in {1..200}; do
			echo 'EHLO me'
		done
		printf '%s\r\n' "${lines[@]}" QUIT
	} >"$BATS_TEST_TMPDIR/dialogue"
	status=0
	"${PYTHON[@]}" "$ROOT/tests/lib/nonblocking.py" "$SENDLET" --config "$CONF" -bs \
		<"$BATS_TEST_TMPDIR/dialogue" >"$OUT" 2>"$ERR" || status=$?
	assert_exit 0
	assert_received 1
	assert_equal "$(grep -c '^250 CHUNKING' "$OUT")" 200
	grep -q '^221 ' "$OUT"
}

@test "one recipient refused for good, one for now: the client is to try again" {
	start_sink --on 'DATA#1=close' --on 'RCPT:b@#2=550 5.1.1 never' --on 'RCPT:a@#2=451 4.2.1 later'
	conf_plain
	dialogue 'EHLO me' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<b@example.net>' 'RCPT TO:<a@example.net>' \
		DATA 'Subject: a test' '' one . QUIT
	assert_exit 0
	assert_received 0
	grep -q '^451 4\.2\.1 .*later' "$OUT"
}

@test "a route before the mailbox is passed over (RFC 5321 appendix C)" {
	start_sink
	conf_plain
	dialogue 'EHLO me' 'MAIL FROM:<@a.example,@b.example:kit@example.org>' \
		'RCPT TO:<@a.example:pat@example.net>' DATA 'Subject: a test' '' one . QUIT
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope recipients)" pat@example.net
	assert_equal "$(envelope sender)" kit@example.org
}

@test "the relay's words come without its control characters" {
	start_sink --on 'RCPT=550 5.1.1 \x1b[2J\x07 no\x7f'
	conf_plain
	dialogue 'EHLO me' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<pat@example.net>' QUIT
	assert_exit 0
	grep -q '^550 5\.1\.1 ' "$OUT"
	! tr -d '\r' <"$OUT" | LC_ALL=C grep '[^[:print:]]' || fail "raw control characters"
}

@test "the relay closes down behind the message: we do not" {
	start_sink --on 'EOM=421 4.3.2 going down'
	conf_plain
	local -a lines
	mapfile -t lines < <(mail one)
	dialogue 'EHLO me' "${lines[@]}" NOOP QUIT
	assert_exit 0
	assert_equal "$(grep -E '^[45]' "$OUT" | tr -d '\r')" '451 4.3.2 going down'
	grep -q '^221 ' "$OUT"
}

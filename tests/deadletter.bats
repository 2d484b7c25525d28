#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# dead.letter: what neither a relay nor the spool takes.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

DEAD_LETTER=$BATS_TEST_TMPDIR/dead.letter
MBOX=$DEAD_LETTER

setup() {
	PORT=$(closed_port)
	conf_plain
}

to_pat() {
	send -f kit@example.org "$@" pat@example.net < <(message)
}

# Without its first line, which has the date.
letters() {
	sed 's/^From \([^ ]*\) .*/From \1/' "$MBOX"
}

@test "dead.letter: the message, and where it is" {
	to_pat
	assert_exit 69
	assert_stderr_line "sendlet: message kept in $MBOX"
	diff <(echo 'From kit@example.org' && message && echo) <(letters)
	grep -qE '^From kit@example.org [A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} 20[0-9]{2}$' "$MBOX"
	assert_equal "$(stat -c %a "$MBOX")" 600
}

@test "dead.letter: as it was read, Bcc and all" {
	send -t < <(printf 'Bcc: pat@example.net\n\nhi')
	assert_exit 69
	diff <(letters | tail -n +2) <(printf 'Bcc: pat@example.net\n\nhi\n\n')
}

@test "dead.letter: appended, lines that start with From quoted" {
	to_pat
	send -f '' pat@example.net < <(message 'From here' '>From' '>From there' '>>From it' '' 'Fro' ' From')
	diff - <(letters | sed '1,/^Hello/d') <<-'END'

		From MAILER-DAEMON
		From: Kit <kit@example.org>
		To: pat@example.net
		Subject: a test
		Date: Sun, 22 Nov 2026 10:00:00 +0000
		Message-ID: <1@example.org>

		>From here
		>From
		>>From there
		>>>From it

		Fro
		 From

	END
}

@test "dead.letter: read by a mail program" {
	message "$(seq 100000)" >"$BATS_TEST_TMPDIR/in"
	send -f kit@example.org pat@example.net <"$BATS_TEST_TMPDIR/in"
	to_pat
	"${PYTHON[@]}" -c '
import mailbox, sys
one, two = mailbox.mbox(sys.argv[1])
assert one.get_payload().split() == [str(n) for n in range(1, 100001)]
assert two.get_payload().strip() == "Hello"' "$MBOX"
}

@test "dead.letter: in the home directory" {
	sed -i '/^dead-letter/d' "$CONF"
	ENV+=("HOME=$BATS_TEST_TMPDIR")
	to_pat
	assert_exit 69
	assert_stderr_line "sendlet: message kept in $MBOX"
}

@test "dead.letter: off, -oeq, -eq, no home" {
	to_pat -oeq
	to_pat -eq
	assert_exit 69
	DEAD_LETTER=off
	conf_plain
	to_pat
	assert_exit 69
	[[ ! -e $MBOX ]]
	[[ -d /var/lib/sendlet ]] || {
		sed -i '/^dead-letter/d' "$CONF"
		to_pat
		assert_exit 69
		refute_stderr kept
	}
}

@test "dead.letter: for a refusal too" {
	start_sink --on 'RCPT:pat@=550 5.1.1 no such user'
	conf_plain
	to_pat
	assert_exit 67
	assert_stderr_line "sendlet: message kept in $MBOX"
}

@test "dead.letter: not for what was wrong from the start" {
	start_sink
	conf_plain
	to_pat 'a@@example.net'
	assert_exit 65
	send < <(message)
	assert_exit 64
	send -t < <(printf 'Subject: x\n\n')
	assert_exit 65
	[[ ! -e $MBOX ]]
}

@test "dead.letter: not for what was delivered or spooled" {
	SPOOL=$BATS_TEST_TMPDIR/spool
	conf_plain
	to_pat
	assert_exit 0
	start_sink
	conf_plain
	to_pat
	assert_exit 0
	[[ ! -e $MBOX ]]
}

@test "dead.letter: when the spool is full" {
	SPOOL=$BATS_TEST_TMPDIR/spool
	conf_plain "spool-max-size 1"
	to_pat
	assert_exit 69
	assert_stderr_line "sendlet: message kept in $MBOX"
}

@test "dead.letter: no link, no other's file, no pipe, no directory" {
	mine=$BATS_TEST_TMPDIR/mine
	refused() {
		to_pat
		assert_exit 69
		assert_stderr_line "sendlet: message not kept: $MBOX: .*"
		rm -r "$MBOX"
	}
	: >"$mine"
	ln -s "$mine" "$MBOX"
	refused
	ln -s "$BATS_TEST_TMPDIR/new" "$MBOX"
	refused
	[[ ! -e $BATS_TEST_TMPDIR/new ]]
	ln "$mine" "$MBOX"
	refused
	[[ ! -s $mine ]]
	mkfifo "$MBOX"
	refused
	mkdir "$MBOX"
	refused
	: >"$MBOX"
	chown 54321 "$MBOX"
	refused
}

@test "dead.letter: no part of a message" {
	to_pat
	cp "$MBOX" "$BATS_TEST_TMPDIR/before"
	message "$(seq 25000)" >"$BATS_TEST_TMPDIR/in"
	status=0
	(ulimit -f 100 && sendlet -f kit@example.org pat@example.net) \
		<"$BATS_TEST_TMPDIR/in" >"$OUT" 2>"$ERR" || status=$?
	[[ $status != 0 ]]
	assert_stderr_line "sendlet: message not kept: $MBOX: File too large"
	cmp "$BATS_TEST_TMPDIR/before" "$MBOX"
}

@test "dead.letter: many at a time" {
	for n in $(seq 20); do
		sendlet -f kit@example.org pat@example.net < <(message "number $n") 3>&- 4>&- 2>>"$ERR" &
	done
	wait
	"${PYTHON[@]}" -c '
import mailbox, sys
seen = sorted(int(m.get_payload().split()[1]) for m in mailbox.mbox(sys.argv[1]))
assert seen == list(range(1, 21)), seen' "$MBOX"
}

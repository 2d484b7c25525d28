#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# LMTP, RFC 2033: one answer for each recipient; and Unix sockets.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

# lmtp [OPTION...]: a sink on a Unix socket.
lmtp() {
	start_sink --listen "$BATS_TEST_TMPDIR/socket" --lmtp "$@"
	conf <<<"relay lmtp:$BATS_TEST_TMPDIR/socket"
}

send_to() {
	send -f kit@example.org "${@:-pat@example.net}" < <(message)
}

@test "lmtp: a message through a Unix socket" {
	lmtp
	send_to
	assert_sent
	assert_equal "$(head -c 4 "$SINK/wire.1")" LHLO
}

@test "lmtp: over TCP" {
	start_sink --lmtp
	conf <<<"relay lmtp://127.0.0.1:$PORT"
	send_to
	assert_sent
	assert_equal "$(head -c 4 "$SINK/wire.1")" LHLO
}

@test "lmtp: STARTTLS when offered" {
	certificate self self.pem IP:127.0.0.1
	start_sink --lmtp --tls starttls --cert "$BATS_FILE_TMPDIR/self.pem"
	conf <<<"relay lmtp://127.0.0.1:$PORT"
	send_to
	assert_sent
	assert_equal "$(envelope tls)" TLSv1.3
}

@test "lmtp: each recipient has its own answer" {
	for ehlo in PIPELINING,ENHANCEDSTATUSCODES 8BITMIME PIPELINING,CHUNKING CHUNKING; do
		lmtp --ehlo "$ehlo" --on 'EOM:b@=550 5.2.2 mailbox full for good' --on 'EOM:d@=452 4.2.2 mailbox full'
		send_to a@example.net b@example.net c@example.net d@example.net
		assert_exit 69
		assert_received 2
		assert_stderr_line 'sendlet: <b@example\.net>: .*550 5\.2\.2 mailbox full for good'
		assert_stderr_line 'sendlet: <d@example\.net>: .*452 4\.2\.2 mailbox full'
		refute_stderr '<[ac]@'
		assert_wire_clean
		stop_sinks
		rm -r "$SINK" "$BATS_TEST_TMPDIR/socket"
	done
}

@test "lmtp: only accepted recipients have an answer" {
	lmtp --on 'RCPT:b@=550 5.1.1 no such user'
	send_to a@example.net b@example.net c@example.net
	assert_exit 67
	assert_received 2
	assert_stderr_line 'sendlet: <b@example\.net>: .*550 5\.1\.1 no such user'
	refute_stderr '<[ac]@'
}

@test "lmtp: no recipient is left" {
	lmtp --on 'RCPT=550 5.1.1 no such user'
	send_to a@example.net b@example.net
	assert_exit 67
	assert_received 0
	assert_wire_clean
}

@test "lmtp: cut off between the answers: the rest may have been delivered" {
	lmtp --on 'EOM:b@=close'
	send_to a@example.net b@example.net c@example.net
	assert_exit 69
	refute_stderr '<a@'
	assert_stderr_line 'sendlet: <b@example\.net>: .*may have been delivered'
	assert_stderr_line 'sendlet: <c@example\.net>: .*may have been delivered'
	assert_received 1
}

@test "lmtp: the next relay gets those who can try again" {
	lmtp --on 'EOM:b@=451 4.3.0 later'
	first=$SINK
	start_sink -n second
	conf <<-END
		relay lmtp:$BATS_TEST_TMPDIR/socket
		relay smtp+notls://127.0.0.1:$PORT
	END
	send_to a@example.net b@example.net c@example.net
	assert_exit 0
	assert_equal "$(envelope recipients)" b@example.net
	assert_equal "$(SINK=$first received)" 2
}

@test "lmtp: a server that knows no LHLO is not spoken SMTP with" {
	lmtp --on 'LHLO=500 5.5.1 what?' --on 'EHLO=500 5.5.1 what?'
	send_to
	assert_exit 69
	assert_stderr_line '.*LHLO: 500 5\.5\.1 what\?'
	grep -c HELO "$SINK/wire.1" | grep -qx 0
}

@test "lmtp: 300 recipients" {
	lmtp
	# shellcheck disable=SC2046 # words
	send_to $(printf 'r%s@example.net ' {1..300})
	assert_exit 0
	assert_silent
	assert_received 300
	assert_wire_clean
}

@test "socket: SMTP through a Unix socket" {
	start_sink --listen "$BATS_TEST_TMPDIR/socket"
	conf <<<"relay smtp:$BATS_TEST_TMPDIR/socket"
	send_to
	assert_sent
	assert_equal "$(head -c 4 "$SINK/wire.1")" EHLO
}

@test "socket: one that is not there" {
	conf <<<"relay lmtp:$BATS_TEST_TMPDIR/nothing"
	send_to
	assert_exit 69
	assert_stderr_line "sendlet: <pat@example\.net>: $BATS_TEST_TMPDIR/nothing: No such file or directory"
}

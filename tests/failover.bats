#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Several relays, and several addresses of one.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

# relays PORT... in clear text, in this order.
relays() {
	local port
	conf < <(for port; do echo "relay smtp+notls://127.0.0.1:$port"; done)
}

send_one() {
	send -f kit@example.org pat@example.net < <(message)
}

# two [OPTION...]: a first sink with the OPTIONs and a well-behaved second.
two() {
	start_sink -n first "$@"
	first=$PORT
	start_sink -n second
	relays "$first" "$PORT"
}

count_in() {
	find "$BATS_TEST_TMPDIR/$1/messages" -name '*.eml' | wc -l
}

# The mail took the second relay, and nobody needs to know.
assert_second() {
	assert_exit 0
	assert_silent
	assert_equal "$(count_in first) $(count_in second)" "0 1"
}

@test "failover: a refused connection" {
	start_sink
	relays "$(closed_port)" "$PORT"
	send_one
	assert_sent
}

@test "failover: a name that does not resolve" {
	start_sink
	conf <<-END
		relay smtp+notls://no-such-host.invalid
		relay smtp+notls://127.0.0.1:$PORT
	END
	send_one
	assert_sent
}

@test "failover: a 4xx greeting" {
	two --on 'GREETING=421 4.3.2 busy'
	send_one
	assert_second
}

@test "failover: a lost connection at each stage before the dot" {
	for stage in GREETING EHLO MAIL RCPT DATA; do
		two --on "$stage=reset"
		send_one
		assert_second
		stop_sinks
		rm -r "$BATS_TEST_TMPDIR"/{first,second}
	done
}

@test "failover: a 4xx at each stage" {
	for stage in EHLO MAIL RCPT DATA EOM; do
		two --on "$stage=451 4.3.0 later"
		send_one
		assert_second
		stop_sinks
		rm -r "$BATS_TEST_TMPDIR"/{first,second}
	done
}

@test "failover: a certificate that is not trusted" {
	certificate self bad.pem DNS:elsewhere.example.com
	start_sink -n first --tls starttls --cert "$BATS_FILE_TMPDIR/bad.pem"
	first=$PORT
	start_sink -n second
	conf <<-END
		relay smtp+tls://127.0.0.1:$first
		relay smtp+notls://127.0.0.1:$PORT
	END
	send_one
	assert_second
}

@test "failover: a silent relay, after its time" {
	two --on GREETING=stall
	echo 'timeout-greeting 1s' | cat - "$CONF" >"$CONF.new"
	cat "$CONF.new" >"$CONF"
	send_one
	assert_second
}

@test "failover: not for a recipient refused for good" {
	two --on 'RCPT=550 5.1.1 no such user'
	send_one
	assert_exit 67
	assert_equal "$(count_in second)" 0
	[[ ! -e $BATS_TEST_TMPDIR/second/trace ]] || fail "the second relay was asked"
}

@test "failover: each recipient gets the mail once" {
	two --on 'RCPT:b@=452 4.5.3 too many' --on 'RCPT:c@=550 5.1.1 no such user'
	send -f kit@example.org a@example.net b@example.net c@example.net < <(message)
	assert_exit 67
	assert_equal "$(SINK=$BATS_TEST_TMPDIR/first envelope recipients)" a@example.net
	assert_equal "$(envelope recipients)" b@example.net
	assert_stderr_line 'sendlet: .*c@example\.net.*550 5\.1\.1 no such user.*'
	refute_stderr 'b@example\.net'
}

@test "failover: not after the dot: it might arrive twice" {
	two --on EOM=close
	send_one
	assert_exit 69
	assert_equal "$(count_in second)" 0
	assert_stderr_line 'sendlet: .*may have been delivered.*'
}

@test "failover: when all fail the last one's reason is given" {
	start_sink --on 'GREETING=450 4.3.2 busy'
	relays "$(closed_port)" "$PORT"
	send_one
	assert_exit 69
	assert_stderr_line "sendlet: <pat@example\.net>: .*:$PORT: greeting: 450 4\.3\.2 busy"
}

@test "failover: settings belong to their relay" {
	start_sink -n first --auth PLAIN --auth-plaintext --user one --password 1 \
		--on 'MAIL=451 4.3.0 busy'
	first=$PORT
	start_sink -n second --auth PLAIN --auth-plaintext --user two --password 2 --require-auth
	conf <<-END
		auth-without-tls yes
		relay smtp+notls://127.0.0.1:$first
		user one
		password 1
		relay smtp+notls://127.0.0.1:$PORT
		user two
		password 2
	END
	send_one
	assert_second
	assert_equal "$(envelope auth)" two
	grep -q 235 "$BATS_TEST_TMPDIR/first/trace"
}

@test "failover: a name with several addresses: the next address" {
	HOSTS=$'127.0.0.9 mail.example.test\n127.0.0.1 mail.example.test'
	start_sink
	conf <<<"relay smtp+notls://mail.example.test:$PORT"
	send_one
	assert_sent
}

@test "failover: IPv6" {
	start_sink --listen ::1
	conf <<<"relay smtp+notls://[::1]:$PORT"
	send_one
	assert_sent
}

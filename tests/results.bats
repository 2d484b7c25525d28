#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How the caller learns what became of the mail: exit status, stderr, log.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

DELAY='delay=[0-9]+(\.[0-9]+)?'

# to RCPT...
to() {
	send -f kit@example.org "$@" < <(message)
}

@test "results: 0 and silence when all is well" {
	start_sink
	conf_plain
	to a@example.net b@example.net
	assert_sent
	assert_equal "$(envelope recipients | xargs)" "a@example.net b@example.net"
}

@test "results: 64 for an unknown option" {
	start_sink
	conf_plain
	send -@ pat@example.net < <(message)
	assert_exit 64
	assert_stderr_line 'sendlet: .*@.*'
	assert_received 0
}

@test "results: 64 for an option without its argument" {
	start_sink
	conf_plain
	send -i -f < <(message)
	assert_exit 64
	assert_received 0
}

@test "results: 67 for a recipient refused; one line each, with the relay's words" {
	start_sink --on 'RCPT:b@=550 5.1.1 no such user' --on 'RCPT:c@=553 5.1.3 bad syntax'
	conf_plain
	to a@example.net b@example.net c@example.net
	assert_exit 67
	assert_received 1
	assert_wire_clean
	assert_equal "$(wc -l <"$ERR")" 2
	assert_stderr_line 'sendlet: .*b@example\.net.*550 5\.1\.1 no such user.*'
	assert_stderr_line 'sendlet: .*c@example\.net.*553 5\.1\.3 bad syntax.*'
	refute_stderr 'a@example\.net'
}

@test "results: 65 when the message is refused for good; one line for each recipient" {
	start_sink --on 'EOM=554 5.6.0 no such content'
	conf_plain
	to a@example.net b@example.net
	assert_exit 65
	assert_equal "$(grep -c '554 5\.6\.0 no such content' "$ERR")" 2
	assert_wire_clean
}

@test "results: 69 for a refusal for now, never 75" {
	for stage in GREETING EHLO MAIL RCPT DATA EOM; do
		start_sink -n "$stage" --on "$stage=451 4.3.0 later"
		conf_plain
		to pat@example.net
		assert_exit 69
		assert_stderr_line 'sendlet: .*451 4\.3\.0 later.*'
		assert_received 0
		assert_wire_clean
	done
}

@test "results: 69 when nobody is there" {
	PORT=$(closed_port)
	conf_plain
	to pat@example.net
	assert_exit 69
	assert_stderr_line "sendlet: .*127\.0\.0\.1.*:$PORT.*refused.*"
}

@test "results: 69 when the relay has no address" {
	conf <<<'relay smtp+notls://no-such-host.invalid'
	to pat@example.net
	assert_exit 69
	assert_stderr_line 'sendlet: .*no-such-host\.invalid.*'
}

@test "results: 69, not 67, when a further try can do good for one of them" {
	start_sink --on 'RCPT:a@=450 4.2.1 later' --on 'RCPT:b@=550 5.1.1 never'
	conf_plain
	to a@example.net b@example.net
	assert_exit 69
	assert_equal "$(wc -l <"$ERR")" 2
	assert_wire_clean
}

@test "results: a relay that refuses in the middle of a long text is understood" {
	"${PYTHON[@]}" - >"$BATS_TEST_TMPDIR/port" 3>&- 4>&- <<-'END' &
		import socket
		listener = socket.create_server(("127.0.0.1", 0))
		print(listener.getsockname()[1], flush=True)
		listener.settimeout(20)
		client = listener.accept()[0]
		client.settimeout(20)
		client.sendall(b"220 hi\r\n")
		for reply in b"250 hi", b"250 ok", b"250 ok", b"354 go":
		    client.recv(500)
		    client.sendall(reply + b"\r\n")
		client.recv(65536)
		client.sendall(b"552 5.3.4 too big\r\n")
		client.shutdown(socket.SHUT_WR)
		for _ in range(20):
		    client.recv(65536)
	END
	helper=$!
	eventually test -s "$BATS_TEST_TMPDIR/port"
	PORT=$(<"$BATS_TEST_TMPDIR/port")
	conf_plain
	send -f kit@example.org pat@example.net < <(message "$(seq 2000000)")
	wait "$helper"
	assert_exit 65
	assert_stderr_line 'sendlet: .*552 5\.3\.4 too big.*'
}

@test "results: 76 for a relay that talks nonsense" {
	start_sink --on 'EHLO=999 what'
	conf_plain
	to pat@example.net
	assert_exit 76
	assert_received 0
}

@test "results: 78 without a configuration file" {
	CONF=$BATS_TEST_TMPDIR/none.conf
	to pat@example.net
	assert_exit 78
	assert_stderr_line 'sendlet: .*none\.conf.*'
}

@test "results: 78 without a relay" {
	conf <<<'domain example.com'
	to pat@example.net
	assert_exit 78
	assert_stderr_line 'sendlet: .*relay.*'
}

@test "results: 78 names every error of the file with its line" {
	start_sink
	conf <<-END
		no-such-keyword 1
		relay smtp+notls://127.0.0.1:$PORT
		timeout-dot soon
		auth-without-tls perhaps
		log
	END
	to pat@example.net
	assert_exit 78
	assert_received 0
	for line in 2 4 5 6; do
		assert_stderr_line "(sendlet: )?$CONF:$line: .*"
	done
	refute_stderr "$CONF:3"
}

@test "results: a message of 7000 recipients, one refused, is one line" {
	start_sink --on 'RCPT:u77@=550 5.1.1 no such user'
	conf_plain
	{ printf 'Bcc: ' && seq -f 'u%g@example.net,' -s $'\n ' 7000 && printf ' a@example.net\n\nx\n'; } \
		>"$BATS_TEST_TMPDIR/many"
	send -t -f kit@example.org <"$BATS_TEST_TMPDIR/many"
	assert_exit 67
	assert_received 1
	assert_equal "$(wc -l <"$ERR")" 1
}

# -- log --------------------------------------------------------------------------------------

@test "results: a relay that takes fewer recipients at a time gets the message more often" {
	local limit
	for limit in 100 1000; do
		start_sink -n "limit$limit" --rcpt-limit $limit
		conf_plain
		message >"$BATS_TEST_TMPDIR/message"
		seq -f 'r%g@example.net' 2450 >"$BATS_TEST_TMPDIR/all"
		xargs -a "$BATS_TEST_TMPDIR/all" env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -f kit@example.org -i \
			<"$BATS_TEST_TMPDIR/message"
		assert_received $(((2450 + limit - 1) / limit))
		for n in $(seq "$(received)"); do
			envelope recipients "$n"
		done >"$BATS_TEST_TMPDIR/served"
		cmp "$BATS_TEST_TMPDIR/all" "$BATS_TEST_TMPDIR/served"
		# Over one connection, and with no more tried in vain than were on their way.
		[[ ! -e $SINK/wire.2 && $(grep -c "S b'452" "$SINK/trace") -lt 1000 ]]
		assert_wire_clean
	done
	# What it refuses as a whole is not offered again.
	start_sink -n refusing --rcpt-limit 100 --on 'EOM=554 5.7.1 no'
	conf_plain
	status=0
	xargs -a "$BATS_TEST_TMPDIR/all" env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -f kit@example.org -i \
		<"$BATS_TEST_TMPDIR/message" >"$OUT" 2>"$ERR" || status=$?
	[[ $status -ne 0 && $(grep -c "C b'DATA" "$SINK/trace") -eq 1 ]]
}

@test "results: log lines have Postfix's fields in Postfix's order" {
	start_sink --on 'RCPT:b@=550 5.1.1 no such user' --on 'RCPT:c@=450 4.2.1 later'
	conf_plain 'log stderr'
	to a@example.net b@example.net c@example.net
	assert_exit 69
	relay="relay=127\.0\.0\.1\[127\.0\.0\.1\]:$PORT"
	assert_stderr_line ".*to=<a@example\.net>, $relay, $DELAY, dsn=2\.0\.0, status=sent \(250 2\.0\.0 Ok: queued as 0001\)"
	assert_stderr_line ".*to=<b@example\.net>, $relay, $DELAY, dsn=5\.1\.1, status=bounced \(.*550 5\.1\.1 no such user\)"
	assert_stderr_line ".*to=<c@example\.net>, $relay, $DELAY, dsn=4\.2\.1, status=deferred \(.*450 4\.2\.1 later\)"
}

@test "results: the host's name and address are both in relay=" {
	start_sink
	conf <<-END
		relay smtp+notls://localhost:$PORT
		log stderr
	END
	to a@example.net
	assert_exit 0
	assert_stderr_line ".*to=<a@example\.net>, relay=localhost\[127\.0\.0\.1\]:$PORT, .*"
}

@test "results: a relay without enhanced codes gets the class's" {
	start_sink --on 'EOM=250 Ok' --on 'RCPT:b@=550 no'
	conf_plain 'log stderr'
	to a@example.net b@example.net
	assert_stderr_line '.*to=<a@example\.net>, .*, dsn=2\.0\.0, status=sent \(250 Ok\)'
	assert_stderr_line '.*to=<b@example\.net>, .*, dsn=5\.0\.0, status=bounced \(.*550 no\)'
}

@test "results: a relay that is not reached has relay=none or its name" {
	PORT=$(closed_port)
	conf_plain 'log stderr'
	to a@example.net
	assert_exit 69
	assert_stderr_line ".*to=<a@example\.net>, relay=(none|127\.0\.0\.1.*), $DELAY, dsn=4\.[0-9.]+, status=deferred \(.*refused.*\)"
}

@test "results: control characters are not logged raw" {
	start_sink --on 'RCPT=550 5.1.1 \x1b[2J\x07 no\x9b'
	conf_plain 'log stderr'
	to a@example.net
	assert_exit 67
	! LC_ALL=C grep -q '[^[:print:]]' "$ERR" || fail "raw control characters"
}

# with_dev_log SOCKET COMMAND...: SOCKET is /dev/log in a /dev of its own.
with_dev_log() {
	# shellcheck disable=SC2016 # for the inner shell
	timeout -k 2 "$LIMIT" unshare -rm sh -c '
		mkdir "$0.dev" && mount --rbind /dev "$0.dev" && mount -t tmpfs none /dev &&
		for node in null urandom random; do
			: >"/dev/$node" && mount --bind "$0.dev/$node" "/dev/$node" || exit
		done
		ln -s "$0" /dev/log
		exec "$@"' "$@"
}

@test "results: syslog gets a line for each recipient, stderr the failures" {
	start_sink --on 'RCPT:b@=550 5.1.1 no such user'
	conf_plain
	"${PYTHON[@]}" - "$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/logged" 3>&- 4>&- <<-'END' &
		import socket, sys
		log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		log.bind(sys.argv[1])
		log.settimeout(20)
		while True:
		    print(log.recv(4096).decode(), flush=True)
	END
	logger=$!
	eventually test -S "$BATS_TEST_TMPDIR/log"
	status=0
	with_dev_log "$BATS_TEST_TMPDIR/log" "$SENDLET" --config "$CONF" -f kit@example.org \
		a@example.net b@example.net < <(message) >"$OUT" 2>"$ERR" || status=$?
	assert_exit 67
	eventually grep -q 'b@example' "$BATS_TEST_TMPDIR/logged"
	kill "$logger"
	cat "$BATS_TEST_TMPDIR/logged"
	grep -qE '^<2[0-9]>.* sendlet[^ ]*\[[0-9]+\]: to=<a@example\.net>, .*status=sent' "$BATS_TEST_TMPDIR/logged"
	grep -qE '^<[12][0-9]>.* sendlet[^ ]*\[[0-9]+\]: to=<b@example\.net>, .*status=bounced' "$BATS_TEST_TMPDIR/logged"
	assert_equal "$(wc -l <"$ERR")" 1
}

@test "results: a log that nobody reads does not fail the mail" {
	start_sink
	conf_plain
	"${PYTHON[@]}" -c '
import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(sys.argv[1])' "$BATS_TEST_TMPDIR/log"
	status=0
	with_dev_log "$BATS_TEST_TMPDIR/log" "$SENDLET" --config "$CONF" -f kit@example.org \
		a@example.net < <(message) >"$OUT" 2>"$ERR" || status=$?
	assert_exit 0
	assert_received 1
}

@test "results: a log daemon that hangs does not keep the caller waiting" {
	local -a many
	start_sink
	conf_plain
	mapfile -t many < <(printf '%s@example.net\n' {1..700})
	"${PYTHON[@]}" - "$BATS_TEST_TMPDIR/log" 3>&- 4>&- <<-'END' &
		import socket, sys, time
		log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		log.bind(sys.argv[1])
		time.sleep(60)
	END
	hung=$!
	eventually test -S "$BATS_TEST_TMPDIR/log"
	status=0
	with_dev_log "$BATS_TEST_TMPDIR/log" "$SENDLET" --config "$CONF" -f kit@example.org \
		"${many[@]}" < <(message) >"$OUT" 2>"$ERR" || status=$?
	kill "$hung"
	assert_exit 0
	assert_received 1
}

# -- the dialogue -----------------------------------------------------------------------------

@test "results: -v shows the dialogue on stderr, line by line" {
	start_sink --ehlo 8BITMIME
	conf_plain
	send -v -f kit@example.org pat@example.net < <(message)
	assert_exit 0
	[[ ! -s $OUT ]]
	grep -E '^(<-|->) ' "$ERR" >"$BATS_TEST_TMPDIR/dialogue"
	diff - <(grep -v '^-> (message)' "$BATS_TEST_TMPDIR/dialogue") <<-END
		<- 220 relay.example.com ESMTP sink
		-> EHLO client.example.org
		<- 250-relay.example.com
		<- 250 8BITMIME
		-> MAIL FROM:<kit@example.org>
		<- 250 2.1.0 Ok
		-> RCPT TO:<pat@example.net>
		<- 250 2.1.5 Ok
		-> DATA
		<- 354 End data with <CR><LF>.<CR><LF>
		-> .
		<- 250 2.0.0 Ok: queued as 0001
		-> QUIT
		<- 221 2.0.0 Bye
	END
}

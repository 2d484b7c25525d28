#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Every wait ends, and what went wrong on the way to the relay is told apart:
# no such name, connection refused, connection timed out, late greeting.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

# limit LINE...: the sink as relay, with these timeouts.
limit() {
	conf <<-END
		$(printf '%s\n' "$@")
		relay smtp+notls://127.0.0.1:$PORT
	END
}

send_one() {
	local start=$EPOCHREALTIME end
	send -f kit@example.org pat@example.net < <(message)
	end=$EPOCHREALTIME
	took=$(((${end/./} - ${start/./}) / 1000))
}

# assert_took MIN MAX, in milliseconds
assert_took() {
	((took >= $1 && took <= $2)) || fail "took $took ms instead of $1 to $2"
}

# stalls STAGE KEYWORD: after one second without a reply it gives up.
stalls() {
	start_sink --on "$1=stall"
	limit "$2 1s"
	send_one
	assert_exit 69
	assert_took 900 3000
	assert_received 0
	assert_stderr_line 'sendlet: .*timed out.*'
}

@test "timeouts: no greeting" {
	stalls GREETING timeout-greeting
}

@test "timeouts: what the greeting was waited for while connecting counts" {
	local left
	start_sink --on GREETING=stall
	limit 'timeout-greeting 2s'
	status=0
	strace -e trace=poll -o "$BATS_TEST_TMPDIR/calls" env -i "${ENV[@]}" "$SENDLET" --config "$CONF" \
		-f kit@example.org pat@example.net < <(message) >"$OUT" 2>"$ERR" || status=$?
	assert_exit 69
	assert_stderr_line 'sendlet: .*: greeting: timed out.*'
	grep -c 'events=POLLIN.*, 250) *= 0' "$BATS_TEST_TMPDIR/calls"
	left=$(sed -n 's/^poll.*, \([0-9]*\)) *= 0 .*/\1/p' "$BATS_TEST_TMPDIR/calls" | tail -n 1)
	((left > 0 && left <= 1750)) || fail "$left ms were left"
}

@test "timeouts: no reply to EHLO" {
	stalls EHLO timeout-command
}

@test "timeouts: no reply to MAIL" {
	stalls MAIL timeout-command
}

@test "timeouts: no reply to RCPT" {
	stalls RCPT timeout-command
}

@test "timeouts: no reply to DATA" {
	stalls DATA timeout-data
}

@test "timeouts: no reply to the dot: may have been delivered" {
	stalls EOM timeout-dot
	assert_stderr_line 'sendlet: .*may have been delivered.*'
}

@test "timeouts: no reply to QUIT does not matter" {
	start_sink --on QUIT=stall
	limit
	send_one
	assert_sent
	assert_took 0 3500
}

@test "timeouts: each keyword is for its own stage" {
	start_sink --on 'EOM=delay 1.5'
	limit 'timeout-connect 1s' 'timeout-greeting 1s' 'timeout-command 1s' 'timeout-data 1s' \
		'timeout-block 1s'
	send_one
	assert_sent
	assert_took 1400 4000
}

@test "timeouts: a slow relay is no dead one" {
	start_sink --on 'GREETING=delay 0.6' --on 'EHLO=delay 0.6' --on 'MAIL=delay 0.6'
	limit 'timeout-greeting 1s' 'timeout-command 1s'
	send_one
	assert_sent
}

@test "timeouts: a relay that drips its greeting byte by byte" {
	start_sink --on 'GREETING=drip 0.3'
	limit 'timeout-greeting 1s'
	send_one
	assert_exit 69
	assert_took 900 3000
}

@test "timeouts: a relay that does not read" {
	# It answers up to 354 and then leaves the text where it is.
	"${PYTHON[@]}" - >"$BATS_TEST_TMPDIR/port" 3>&- 4>&- <<-'END' &
		import socket, time
		listener = socket.create_server(("127.0.0.1", 0))
		print(listener.getsockname()[1], flush=True)
		listener.settimeout(20)
		client = listener.accept()[0]
		client.sendall(b"220 hi\r\n")
		for reply in b"250 hi", b"250 ok", b"250 ok", b"354 go":
		    client.recv(500)
		    client.sendall(reply + b"\r\n")
		time.sleep(10)
	END
	helper=$!
	eventually test -s "$BATS_TEST_TMPDIR/port"
	PORT=$(<"$BATS_TEST_TMPDIR/port")
	limit 'timeout-block 1s'
	send -f kit@example.org pat@example.net < <(message "$(seq 2000000)")
	kill "$helper"
	assert_exit 69
	assert_stderr_line 'sendlet: .*timed out.*'
	refute_stderr 'may have been delivered'
}

@test "timeouts: timeout-total bounds all stages together" {
	start_sink --on 'GREETING=delay 0.5' --on 'EHLO=delay 0.5' --on 'MAIL=delay 0.5' \
		--on 'RCPT=delay 0.5'
	limit 'timeout-total 1s'
	send_one
	assert_exit 69
	assert_took 900 2500
	assert_received 0
}

@test "timeouts: timeout-total bounds all relays together" {
	start_sink --on GREETING=stall
	conf <<-END
		timeout-total 2s
		$(for _ in 1 2 3 4 5; do echo "relay smtp+notls://127.0.0.1:$PORT"; done)
	END
	send_one
	assert_exit 69
	assert_took 1900 4000
}

@test "timeouts: timeout-total is off by default" {
	start_sink --on 'MAIL=delay 2'
	limit
	send_one
	assert_sent
}

@test "timeouts: four failures, four messages" {
	# 192.0.2.1 is never routed; an address behind a full queue drops like it.
	"${PYTHON[@]}" - >"$BATS_TEST_TMPDIR/full" 3>&- 4>&- <<-'END' &
		import socket, time
		listener = socket.socket()
		listener.bind(("127.0.0.1", 0))
		listener.listen(0)
		waiting = []
		for _ in range(8):
		    client = socket.socket()
		    client.setblocking(False)
		    client.connect_ex(listener.getsockname())
		    waiting.append(client)
		time.sleep(0.2)
		print(listener.getsockname()[1], flush=True)
		time.sleep(15)
	END
	helper=$!
	eventually test -s "$BATS_TEST_TMPDIR/full"
	start_sink --on GREETING=stall
	late=$PORT
	for relay in no-such-host.invalid "127.0.0.1:$(closed_port)" \
		"127.0.0.1:$(<"$BATS_TEST_TMPDIR/full")" "127.0.0.1:$late"; do
		conf <<-END
			timeout-connect 1s
			timeout-greeting 1s
			relay smtp+notls://$relay
		END
		send_one
		assert_exit 69
		sed 's/^[^:]*: //; s/127\.0\.0\.1[^ ]*//g' "$ERR" >>"$BATS_TEST_TMPDIR/all"
		cp "$ERR" "$BATS_TEST_TMPDIR/err.${relay##*[.:]}"
	done
	kill "$helper"
	cat "$BATS_TEST_TMPDIR/all"
	assert_equal "$(sort -u "$BATS_TEST_TMPDIR/all" | wc -l)" "$(wc -l <"$BATS_TEST_TMPDIR/all")"
	grep -qi 'no-such-host\.invalid.*\(resolve\|not found\|no such\|unknown\)' "$BATS_TEST_TMPDIR/err.invalid"
	grep -qi refused "$BATS_TEST_TMPDIR/all"
	grep -qi 'connect.*timed out' "$BATS_TEST_TMPDIR/all"
	grep -qi greeting "$BATS_TEST_TMPDIR/err.$late"
}

@test "timeouts: a handshake that does not end" {
	start_sink --on GREETING=stall
	conf <<-END
		timeout-connect 1s
		timeout-greeting 1s
		timeout-command 1s
		relay submissions://127.0.0.1:$PORT
	END
	send_one
	assert_exit 69
	assert_took 900 3000
}

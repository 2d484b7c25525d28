#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Relays behind a SOCKS5 or HTTP proxy.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

setup() {
	start_sink
	LOG=$BATS_TEST_TMPDIR/requests
}

# proxy [OPTION...]: starts one; sets PROXY to its host and port.
proxy() {
	local dir=$BATS_TEST_TMPDIR/proxy
	rm -rf "$dir"
	mkdir "$dir"
	timeout 60 "${PYTHON[@]}" "$ROOT/tests/lib/proxyd.py" "$LOG" "$@" >"$dir/port" 2>"$dir/errors" 3>&- 4>&- &
	echo $! >"$dir/pid"
	eventually test -s "$dir/port"
	PROXY=127.0.0.1:$(<"$dir/port")
}

# Ends all servers, for others to take their place.
halt() {
	stop_sinks
}

# through URL [HOST]: sends a mail to the relay by way of the proxy.
through() {
	conf <<-END
		timeout-connect 2s
		proxy "$1"
		relay smtp+notls://${2:-mail.far}:$PORT
	END
	send -f kit@example.org pat@example.net < <(message)
}

assert_refused() {
	assert_exit 69
	assert_stderr_line "sendlet: <pat@example\.net>: proxy $PROXY: mail\.far:$PORT: $1"
	assert_received 0
}

@test "proxy: SOCKS5 looks up the name of the relay" {
	proxy
	through "socks5://$PROXY"
	assert_sent
	assert_equal "$(<"$LOG")" "name mail.far $PORT"
}

@test "proxy: SOCKS5 with addresses" {
	proxy
	through "socks5://$PROXY" 127.0.0.1
	assert_sent
	assert_equal "$(<"$LOG")" "address 127.0.0.1 $PORT"
	halt
	start_sink -n six --listen ::1
	proxy
	through "socks5://$PROXY" '[::1]'
	assert_exit 0
	assert_equal "$(<"$LOG")" "address ::1 $PORT"
}

@test "proxy: SOCKS5 with user and password" {
	proxy --login 'kit:p@ss:w/rd%'
	through "socks5://kit:p%40ss%3aw%2Frd%25@$PROXY"
	assert_sent
	through "socks5://kit:wrong@$PROXY"
	assert_exit 69
	assert_stderr_line ".*: the proxy refuses user or password"
	refute_stderr 'wrong'
	through "socks5://$PROXY"
	assert_exit 69
	assert_stderr_line ".*: the proxy wants a login .*"
}

@test "proxy: HTTP CONNECT" {
	proxy --http
	through "http://$PROXY"
	assert_sent
	assert_equal "$(<"$LOG")" "name mail.far $PORT"
	halt
	start_sink -n six --listen ::1
	proxy --http
	through "http://$PROXY" '[::1]'
	assert_exit 0
	assert_equal "$(<"$LOG")" "address ::1 $PORT"
}

@test "proxy: HTTP CONNECT with user and password" {
	proxy --http --login 'kit:p@ss:w/rd%'
	through "http://kit:p%40ss%3aw%2Frd%25@$PROXY"
	assert_sent
	through "http://kit:wrong@$PROXY"
	assert_exit 69
	assert_stderr_line ".*: 407 Proxy Authentication Required"
	refute_stderr 'wrong'
}

@test "proxy: answers that come octet by octet" {
	proxy --slow --login kit:secret
	through "socks5://kit:secret@$PROXY"
	assert_sent
	proxy --slow --http
	through "http://$PROXY"
	assert_sent 2
}

@test "proxy: TLS is with the relay" {
	certificate ca ca.pem "Test CA"
	certificate cert mail.pem DNS:mail.far ca.pem
	halt
	start_sink -n secure --tls implicit --cert "$BATS_FILE_TMPDIR/mail.pem"
	proxy
	conf <<-END
		proxy socks5://$PROXY
		ca-file $BATS_FILE_TMPDIR/ca.pem
		relay submissions://mail.far:$PORT
	END
	send -f kit@example.org pat@example.net < <(message)
	assert_sent
	assert_equal "$(envelope sni)" mail.far
}

@test "proxy: the reasons it gives" {
	proxy
	through "socks5://$PROXY" mail.near
	assert_exit 69
	assert_stderr_line ".*: mail\.near:$PORT: no route to host"
	halt
	proxy
	through "socks5://$PROXY"
	assert_refused 'connection refused'
	proxy --http
	through "http://$PROXY"
	assert_refused '502 .*Connection refused'
}

@test "proxy: what is none" {
	for say in 0400 32323020686920 05 0502 05000501 0500050100 05000500 050005000003 ''; do
		proxy --say "${say:-0d0a}"
		through "socks5://$PROXY"
		assert_refused '.*'
	done
	# A header without an end, and a line that is none.
	proxy --http --say "$(printf 'HTTP/1.1 200 ok\r\nX: ' | od -An -tx1 -v | tr -d ' \n')$(printf '61%.0s' {1..9000})"
	through "http://$PROXY"
	assert_refused 'this is no HTTP proxy'
	proxy --http --say "$(printf '220 mail.far ESMTP\r\n\r\n' | od -An -tx1 -v | tr -d ' \n')"
	through "http://$PROXY"
	assert_refused 'this is no HTTP proxy'
}

@test "proxy: one that is down or says nothing" {
	PROXY=127.0.0.1:$(closed_port)
	through "socks5://$PROXY"
	assert_exit 69
	assert_stderr_line ".*: proxy 127\.0\.0\.1\[127\.0\.0\.1\]:[0-9]*: connection refused"
	halt
	start_sink -n silent --on GREETING=stall
	through "socks5://127.0.0.1:$PORT"
	assert_exit 69
	assert_stderr_line '.*: the proxy does not answer|.*: this is no SOCKS5 proxy'
}

@test "proxy: the next relay without one" {
	PROXY=127.0.0.1:$(closed_port)
	conf <<-END
		relay smtp+notls://mail.far
		proxy socks5://$PROXY
		relay smtp+notls://127.0.0.1:$PORT
	END
	send -f kit@example.org pat@example.net < <(message)
	assert_sent
}

@test "proxy: bad values, of which no password is shown" {
	for url in socks4://h socks5:h http:// http://h:0 'socks5://:secret@h' 'socks5://secret@h' 'socks5://a:secret%4@h' \
		'socks5://a:secret%00@h' 'socks5://a:secret@h@' "http://a:secret$(printf 'x%.0s' {1..300})@h" https://h:1; do
		conf <<-END
			proxy "$url"
			relay h
		END
		send x@example.net < <(message)
		assert_exit 78
		assert_stderr_line ".*:2: proxy: .*"
		refute_stderr secret
	done
}

@test "proxy: a file with its password is for its owner alone" {
	proxy --login kit:secret
	through "socks5://kit:secret@$PROXY"
	assert_sent
	chmod 644 "$CONF"
	send -f kit@example.org pat@example.net < <(message)
	assert_exit 77
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Round trips.  A flight is a burst of the client answered by a burst of the
# server, with the TCP handshake as the first and the greeting, where the
# server speaks first, as an answer of its own: lib/flights.py counts them.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

setup_file() {
	certificate self relay.pem IP:127.0.0.1
}

WITH_DATA=PIPELINING,8BITMIME,ENHANCEDSTATUSCODES
WITH_BDAT=$WITH_DATA,CHUNKING

# relay SCHEME [LINE...]: by way of the proxy, whose port is not known yet.
relay() {
	RELAY=$1://127.0.0.1:@PORT@
	printf '%s\n' "${@:2}" | conf
}

# tls SCHEME [LINE...]: the same with a login.
tls() {
	relay "$1" "ca-file $BATS_FILE_TMPDIR/relay.pem" 'user kit@example.org' \
		'password "open sesame"' "${@:2}"
}

# fly RCPT...: a message of 1 KiB, the flights of which become $flights.
fly() {
	status=0
	message "$(printf '%0885d' 0)" >"$BATS_TEST_TMPDIR/mail"
	flights=$(timeout -k 2 60 "${PYTHON[@]}" "$ROOT/tests/lib/flights.py" "$PORT" \
		env -i "${ENV[@]}" "SENDLET_RELAY=$RELAY" "$SENDLET" --config "$CONF" \
		-i -f kit@example.org "$@" <"$BATS_TEST_TMPDIR/mail" 2>"$ERR") || status=$?
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope size)" 1024
	assert_wire_clean
}

assert_flights() {
	assert_equal "$flights" "$1" || { cat "$ERR" && false; }
}

@test "flights: plain with CHUNKING: 4" {
	start_sink --ehlo "$WITH_BDAT"
	relay smtp+notls
	fly pat@example.net
	assert_flights 4
	grep -q BDAT "$SINK/trace"
}

@test "flights: plain with DATA: 5" {
	start_sink --ehlo "$WITH_DATA"
	relay smtp+notls
	fly pat@example.net
	assert_flights 5
}

@test "flights: without PIPELINING every command waits: 7" {
	start_sink --ehlo 8BITMIME,CHUNKING
	relay smtp+notls
	fly pat@example.net
	# TCP, greeting, EHLO, MAIL, RCPT, BDAT, QUIT
	assert_flights 7
}

@test "flights: implicit TLS with AUTH and CHUNKING: 5" {
	start_sink --tls implicit --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth PLAIN --require-auth --ehlo "$WITH_BDAT"
	tls submissions
	fly pat@example.net
	assert_flights 5
	assert_equal "$(envelope auth)" kit@example.org
}

@test "flights: implicit TLS with an AUTH that stands alone: 6" {
	start_sink --tls implicit --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth XOAUTH2 --require-auth --ehlo "$WITH_BDAT"
	tls submissions 'auth XOAUTH2'
	fly pat@example.net
	assert_flights 6
}

@test "flights: implicit TLS with AUTH and DATA: 6" {
	start_sink --tls implicit --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth PLAIN --require-auth --ehlo "$WITH_DATA"
	tls submissions
	fly pat@example.net
	assert_flights 6
}

@test "flights: STARTTLS with AUTH and CHUNKING: 7" {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth PLAIN --require-auth --ehlo "$WITH_BDAT"
	tls submission
	fly pat@example.net
	assert_flights 7
}

@test "flights: STARTTLS with an AUTH that stands alone: 8" {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth XOAUTH2 --require-auth --ehlo "$WITH_BDAT"
	tls submission 'auth XOAUTH2'
	fly pat@example.net
	assert_flights 8
}

# thousand MOST: recipients, with no more flights than these.
thousand() {
	# shellcheck disable=SC2046 # a list of words
	fly $(printf 'r%d@example.net ' {1..1000})
	((flights <= $1)) || fail "$flights flights"
	assert_equal "$(envelope recipients | wc -l)" 1000
}

@test "flights: 1,000 recipients add no more than 2 to plain with CHUNKING" {
	start_sink --ehlo "$WITH_BDAT"
	relay smtp+notls
	thousand 6
}

@test "flights: 1,000 recipients add no more than 2 to plain with DATA" {
	start_sink --ehlo "$WITH_DATA"
	relay smtp+notls
	thousand 7
}

@test "flights: 1,000 recipients add no more than 2 to implicit TLS with AUTH" {
	start_sink --tls implicit --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth PLAIN --require-auth --ehlo "$WITH_BDAT"
	tls submissions
	thousand 7
}

@test "flights: 1,000 recipients add no more than 2 to STARTTLS with AUTH" {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth PLAIN --require-auth --ehlo "$WITH_BDAT"
	tls submission
	thousand 9
}

# -- what may be under way at a time ------------------------------------------------------------

@test "flights: no more than 1,000 commands are under way" {
	local out=$BATS_TEST_TMPDIR/window recipients most
	timeout 60 "${PYTHON[@]}" "$ROOT/tests/lib/window.py" >"$out" 3>&- 4>&- &
	eventually test -s "$out"
	PORT=$(<"$out")
	conf_plain
	# shellcheck disable=SC2046 # a list of words
	send -i -f kit@example.org $(seq -f 'r%g@example.net' 2500) < <(message)
	assert_exit 0
	assert_silent
	eventually grep -q ' ' "$out"
	read -r recipients most < <(tail -n 1 "$out")
	assert_equal "$recipients" 2500
	((most >= 900 && most <= 1000)) || fail "$most commands"
}

# -- one write for each of them -----------------------------------------------------------------

# writes SCHEME COUNT [LINE...]: of one mail, in octets that leave for the relay.
writes() {
	RELAY=$1://127.0.0.1:$PORT
	printf '%s\n' "relay $RELAY" "ca-file $BATS_FILE_TMPDIR/relay.pem" "${@:3}" | conf
	message | env -i "${ENV[@]}" strace -f -yy -e trace=network,write,writev -o "$BATS_TEST_TMPDIR/calls" \
		"$SENDLET" --config "$CONF" -i -f kit@example.org pat@example.net
	assert_received 1
	cat "$BATS_TEST_TMPDIR/calls"
	# To connect may be to send nothing (Fast Open).
	assert_equal "$(grep -E '(send[a-z]*|writev?)\([0-9]+<TCP' "$BATS_TEST_TMPDIR/calls" | grep -cvF ' "", 0, ')" "$2"
}

@test "flights: one write for each" {
	start_sink --ehlo "$WITH_BDAT"
	# EHLO; MAIL, RCPT, BDAT, QUIT
	writes smtp+notls 2
}

@test "flights: one write for each, with DATA" {
	start_sink --ehlo "$WITH_DATA"
	# EHLO; MAIL, RCPT, DATA; the text and QUIT
	writes smtp+notls 3
}

@test "flights: one write for each, with implicit TLS and AUTH" {
	start_sink --tls implicit --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth PLAIN --require-auth --ehlo "$WITH_BDAT"
	# ClientHello; Finished; EHLO; AUTH to QUIT; the end of TLS
	writes submissions 5 'user kit@example.org' 'password "open sesame"'
}

@test "flights: one write for each, with STARTTLS and AUTH" {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
		--auth PLAIN --require-auth --ehlo "$WITH_BDAT"
	# EHLO; STARTTLS; ClientHello; Finished and EHLO; AUTH to QUIT; the end of TLS
	writes submission 6 'user kit@example.org' 'password "open sesame"'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Attacks by who writes the message and by who answers.  More of them stand
# where their subject is: in wire, tls, unit-tls, auth, unit-sasl, options,
# callers-php, and in thief, which is about the caller.

load lib/common

# -- smuggling: what only looks like the end of a message ---------------------------------------

# Every order of line ends around a dot but CRLF . CRLF, NULs among them.
not_an_end=('\n.\n' '\r.\r' '\n.\r\n' '\r\n.\n' '\r\n.\r' '\r.\r\n' '\r.\n' '\n.\r' '\0\r\n.\n' '\n\0.\n'
	'\n.\0\n' '\r\n.\0\r\n' '\r\n\0.\r\n' '\r\r\n.\r\r\n' '\n\r.\n\r' '\r\n .\r\n' '\r\n.\r\r\n')

second='MAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.net>\r\nDATA\r\nSubject: forged\r\n\r\nforged\r\n.\r\n'

# One message arrived, and the second one is text in it.
assert_one() {
	assert_exit 0
	assert_received 1
	assert_wire_clean
	assert_equal "$(envelope recipients)" pat@example.net
	grep -q 'MAIL FROM:<evil@example.com>' "$(arrived)" || fail "$1: text is missing"
	grep -q 'Subject: forged' "$(arrived)" || fail "$1: text is missing"
}

@test "attacks: smuggling from standard input" {
	local end
	for end in "${not_an_end[@]}"; do
		start_sink
		conf_plain
		send -i -f kit@example.org pat@example.net < <(message one
			printf '%b' "two${end}${second}three\n")
		assert_one "$end"
		stop_sinks
		rm -rf "$SINK"
	done
}

@test "attacks: smuggling from an SMTP dialogue" {
	local end
	for end in "${not_an_end[@]}"; do
		start_sink
		conf_plain
		# The attacker's text without its own end of data, then the real one.
		send -bs < <(printf '%b' 'EHLO x\r\nMAIL FROM:<kit@example.org>\r\nRCPT TO:<pat@example.net>\r\nDATA\r\n'
			printf '%b' "Subject: x\r\n\r\none${end}${second%.\\r\\n}\r\n.\r\nQUIT\r\n")
		assert_one "$end"
		stop_sinks
		rm -rf "$SINK"
	done
}

# -- replies ------------------------------------------------------------------------------------

# A server that says what a piece of Python makes of c, a connected socket.
answer() {
	PORT=$("${PYTHON[@]}" - "$1" 3>&- <<-'END'
		import os, socket, sys
		s = socket.create_server(("127.0.0.1", 0))
		print(s.getsockname()[1], flush=True)
		if os.fork():
		    sys.exit()
		os.close(1)
		os.close(2)
		s.settimeout(20)
		c = s.accept()[0]
		c.settimeout(20)
		try:
		    exec(sys.argv[1])
		except OSError:
		    pass
	END
	)
	conf_plain
}

# In so many KiB of memory; status and a fault of the relay are asserted.
assert_refused() {
	local began=$SECONDS
	status=0
	(ulimit -v "$1" && sendlet -f kit@example.org pat@example.net) < <(message) >"$OUT" 2>"$ERR" || status=$?
	assert_exit "$2"
	[[ $((SECONDS - began)) -lt 10 ]] || fail "it took $((SECONDS - began)) seconds"
	assert_stderr_line ".*$3.*"
	[[ $(wc -c <"$ERR") -lt 2000 ]] || fail "all of it was repeated"
}

@test "attacks: a line of 1 MiB" {
	answer 'c.sendall(b"220 " + b"x" * (1 << 20) + b"\r\n"); c.recv(9)'
	assert_refused 8192 76 'octets'
}

@test "attacks: a line without end" {
	answer 'while True: c.sendall(b"220" + b"x" * 65536)'
	assert_refused 8192 76 'greeting'
}

@test "attacks: a reply of endless lines" {
	answer 'while True: c.sendall(b"220-relay.example.com and so on\r\n" * 1000)'
	assert_refused 8192 76 'greeting'
}

@test "attacks: endless extensions" {
	answer 'c.sendall(b"220 x\r\n"); c.recv(99)
while True: c.sendall(b"250-AUTH PLAIN LOGIN\r\n" * 1000)'
	assert_refused 8192 76 'EHLO'
}

@test "attacks: terminal escapes reach no terminal and no log" {
	start_sink --on 'RCPT=550 5.1.1 \x1b]0;owned\x07\x1b[2J\x9b31m no'
	conf_plain 'log stderr'
	send -v -f kit@example.org pat@example.net < <(message)
	assert_exit 67
	! LC_ALL=C grep -n $'[\x01-\x08\x0b-\x1f\x7f-\xff]' "$OUT" "$ERR" || fail "control characters"
	grep -q owned "$ERR"
}

# -- the environment and the arguments ------------------------------------------------------------

@test "attacks: no header field comes out of the environment" {
	start_sink
	conf_plain
	ENV+=($'NAME=Kit\r\nBcc: evil@example.net\r\n\r\nforged' $'USER=a\nb: c' $'LOGNAME=a\nb: c' $'TZ=UTC\nb: c')
	send pat@example.net < <(printf 'Subject: x\n\nHello\n')
	[[ $status != 0 ]] || {
		assert_wire_clean
		assert_equal "$(envelope recipients)" pat@example.net
		! grep -iE '^(Bcc|b|forged)' "$(arrived)" || fail "a field was forged"
	}
}

# -- certificates -------------------------------------------------------------------------------

# trusted FILE...: what a relay with this chain is worth; the first CA is ours.
relay_with() {
	cat "${@/#/$BATS_FILE_TMPDIR/}" >"$BATS_TEST_TMPDIR/chain.pem"
	cp "$BATS_FILE_TMPDIR/$1.key" "$BATS_TEST_TMPDIR/chain.pem.key"
	start_sink --tls implicit --cert "$BATS_TEST_TMPDIR/chain.pem"
	conf <<-END
		ca-file $BATS_FILE_TMPDIR/ca.pem
		relay submissions://127.0.0.1:$PORT
	END
	send -f kit@example.org pat@example.net < <(message)
}

refused_with() {
	relay_with "${@:2}"
	assert_exit 69
	assert_received 0
	assert_stderr_line ".*$1.*"
}

# An authority below ours with OPTIONs, and a relay's certificate of its.
chain() {
	certificate cert sub.pem '' ca.pem ca cn=Sub "$@"
	certificate cert relay.pem IP:127.0.0.1,DNS:relay.example.com sub.pem
}

setup_file() {
	certificate ca ca.pem
}

@test "attacks: an authority in between is well" {
	chain
	relay_with relay.pem sub.pem
	assert_exit 0
	assert_received 1
}

@test "attacks: a chain longer than its authority may have" {
	certificate cert sub.pem '' ca.pem ca cn=Sub basic=pathlen:0
	certificate cert subsub.pem '' sub.pem ca cn=SubSub
	certificate cert relay.pem IP:127.0.0.1 subsub.pem
	refused_with 'certificate' relay.pem subsub.pem sub.pem
}

@test "attacks: an authority whose key is not for certificates" {
	chain more=keyUsage=critical,digitalSignature
	refused_with 'certificate' relay.pem sub.pem
}

@test "attacks: an authority for other names only" {
	chain 'more=nameConstraints=critical,permitted;DNS:example.org'
	refused_with 'certificate' relay.pem sub.pem
}

@test "attacks: a certificate with a critical extension that nobody knows" {
	certificate cert relay.pem IP:127.0.0.1 ca.pem more=1.2.3.4=critical,ASN1:UTF8String:x
	refused_with 'certificate' relay.pem
}

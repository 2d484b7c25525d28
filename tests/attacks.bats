#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Attacks by who writes the message and by who answers.  Those by the caller
# are in thief; all of them, and where they are tried:
#
#   smuggling, from standard input and -bs, NULs too   here, wire/smuggling
#   line ends and NULs in any cut of the input         input, fuzz
#   header injection: arguments                        options, wire/*-crlf, -lf
#   header injection: environment                      here, thief
#   argument injection (CVE-2016-10033)                options, callers-php, auth
#   environment injection                              thief, unit-secret
#   STARTTLS injection, in one packet and in two       wire/starttls-injection, unit-stream
#   STARTTLS stripping                                 tls, wire/starttls-*
#   AUTH downgrade, PLAIN over clear text              auth, wire/auth-plain-text, unit-sasl
#   SCRAM: iterations, signature, nonce, proof skipped here, auth, unit-sasl
#   endless and 1 MiB reply lines, endless replies     here, unit-stream, wire/reply-*
#   replies in the wrong place, of no sense            wire/reply-*, pipelining-*, chunking-*
#   terminal escapes in replies, challenges, names     here, unit-tls, wire/reply-control
#     in arguments and addresses                       here
#   certificates: expired, not yet valid               unit-tls, tls
#     wrong name, wildcards, addresses, CN only        unit-tls, tls, unit-net
#     unknown CA, missing intermediate, wrong key      unit-tls, tls
#     path length, name constraints, key usage         here, unit-tls
#     unknown critical extensions                      here
#     weak keys and digests, in the chain too          unit-tls
#   recipients without number, a header without end    input
#   closed descriptors 0-2, inherited ones             manners, thief
#   RLIMIT_NOFILE=4, other limits                      narrow, manners, thief
#   /dev/full                                          here, manners, sweep
#   no /etc/passwd, no /dev, no / to speak of          narrow, manners
#   hostile environment                                here, thief
#   planted calls once the attacker is in              unit-sandbox

load lib/common

# -- smuggling: what only looks like the end of a message ---------------------------------------

# Every order of line ends around a dot but CRLF . CRLF, NULs among them.
not_an_end=('\n.\n' '\r.\r' '\n.\r\n' '\r\n.\n' '\r\n.\r' '\r.\r\n' '\r.\n' '\n.\r' '\0\r\n.\n' '\n\0.\n'
	'\n.\0\n' '\r\n.\0\r\n' '\r\n\0.\r\n' '\r\r\n.\r\r\n' '\n\r.\n\r' '\r\n .\r\n' '\r\n.\r\r\n' '\r\0\n.\r\n' '\r\n.\r\0\n' '\r\0\n.\r\0\n' '\0.\0'
	'\r\n\n.\r\n' '\r\n\r.\r\n' '\r\n.\n.\r\n' '\r\n.\r.\r\n' '\r\n\0.\r\n' '\r\n.\0\r\n.\n')

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

@test "attacks: smuggling in a chunk" {
	local text
	start_sink
	conf_plain
	text=$(printf '%b' "Subject: x\r\n\r\none\r\n.\r\n${second}three")
	send -bs < <(printf '%b' 'EHLO x\r\nMAIL FROM:<kit@example.org>\r\nRCPT TO:<pat@example.net>\r\n'
		printf 'BDAT %d LAST\r\n%sQUIT\r\n' "${#text}" "$text")
	assert_one chunk
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

@test "attacks: terminal escapes of the caller reach no terminal and no log" {
	local evil=$'\x1b]0;owned\x07\x1b[2J\x9b31m\x7f' argument
	start_sink
	conf_plain 'log stderr'
	for argument in "-X$evil" "-oQ$evil" "-OAliasFile=$evil" "-L$evil" "-F$evil" "-f$evil" "$evil@example.net" \
		-bv "--check=$evil" "--$evil" "-$evil" "-N$evil" "-R$evil" "-V$evil" "-B$evil" "-p$evil"; do
		send -v "$argument" -t < <(printf 'To: pat@example.net, %s@example.net\n\nx\n' "$evil")
		[[ -s $ERR || -s $OUT ]] || fail "$argument: not a word"
		! LC_ALL=C grep -n $'[\x01-\x08\x0b-\x1f\x7f-\xff]' "$OUT" "$ERR" || fail "control characters"
	done
	grep -q 'To: pat@example.net' "$(arrived)"
}

# -- challenges ---------------------------------------------------------------------------------

# A SCRAM server; N is our nonce, the argument a Python expression of what it
# answers to the first message.
scram() {
	answer 'import base64
f = c.makefile("rwb", 0)
f.write(b"220 x\r\n"); f.readline(); f.write(b"250-x\r\n250 AUTH SCRAM-SHA-256\r\n")
N = base64.b64decode(f.readline().split()[2]).split(b"r=")[1]
f.write(b"334 " + base64.b64encode('"$1"') + b"\r\n")
while f.readline(): f.write(b"501 5.7.0 cancelled\r\n")'
	conf_plain 'auth-without-tls yes' 'user kit' 'password secret'
	assert_refused 16384 77 "$2"
}

@test "attacks: SCRAM with two thousand million iterations" {
	scram 'b"r=" + N + b"x,s=c2FsdA==,i=2147483647"' 'more than 1000000 iterations'
}

@test "attacks: SCRAM with one iteration" {
	scram 'b"r=" + N + b"x,s=c2FsdA==,i=1"' '1 iterations only'
}

@test "attacks: SCRAM with a nonce from another exchange" {
	scram 'b"r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,s=c2FsdA==,i=4096"' 'nonce does not extend'
}

@test "attacks: SCRAM with our own nonce back" {
	scram 'b"r=" + N + b",s=c2FsdA==,i=4096"' 'nonce does not extend'
}

@test "attacks: SCRAM with terminal escapes" {
	scram 'b"e=\x1b[2J\x1b]0;owned\x07\x9b31m"' 'owned'
	! LC_ALL=C grep -n $'[\x01-\x08\x0b-\x1f\x7f-\xff]' "$OUT" "$ERR" || fail "control characters"
}

# -- output that goes nowhere ---------------------------------------------------------------------

@test "attacks: /dev/full takes no answers" {
	start_sink
	conf_plain
	local words
	for words in -bp --version --help '-bv pat@example.net' '--dry-run pat@example.net' -bs; do
		status=0
		# shellcheck disable=SC2086 # a list of words
		message | sendlet $words >/dev/full 2>"$ERR" || status=$?
		[[ $status == 74 ]] || fail "$words: exit $status"
		grep -qx 'sendlet: standard output: No space left on device' "$ERR" || fail "$words: $(<"$ERR")"
	done
	assert_received 0
}

@test "attacks: /dev/full is no message" {
	start_sink
	conf_plain 'max-message-size 1000000'
	send -f kit@example.org pat@example.net </dev/full
	assert_exit 65
	assert_received 0
}

# -- the environment and the arguments ------------------------------------------------------------

@test "attacks: no header field comes out of the environment" {
	local variable count=0 evil=$'Kit\r\nBcc: evil@example.net\r\n\r\nforged\n.\nb: c'
	start_sink
	conf_plain
	for variable in NAME USER LOGNAME MAILNAME HOSTNAME EMAIL REPLYTO TZ LANG MAIL HOME; do
		ENV=("$variable=$evil")
		send pat@example.net < <(printf 'Subject: x\n\nHello\n')
		assert_exit 0
		assert_received $((++count))
		assert_wire_clean
		assert_equal "$(envelope recipients "$count")" pat@example.net
		[[ $(sed -n '/^\r$/q; s/:.*//p' "$(arrived "$count")" | sort | xargs) == 'Date From Message-ID Subject To' ]]
		[[ $(sed '1,/^\r$/d' "$(arrived "$count")") == $'Hello\r' ]]
	done
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

@test "attacks: an authority for other names only, not marked critical" {
	chain 'more=nameConstraints=permitted;DNS:example.org'
	refused_with 'may vouch for some names only' relay.pem sub.pem
}

@test "attacks: a root for other names only" {
	certificate self root.pem '' ca cn=Root 'more=nameConstraints=permitted;DNS:example.org'
	certificate cert relay.pem IP:127.0.0.1 root.pem
	mv "$BATS_FILE_TMPDIR/ca.pem" "$BATS_FILE_TMPDIR/ca.kept"
	cp "$BATS_FILE_TMPDIR/root.pem" "$BATS_FILE_TMPDIR/ca.pem"
	refused_with 'may vouch for some names only' relay.pem
	mv "$BATS_FILE_TMPDIR/ca.kept" "$BATS_FILE_TMPDIR/ca.pem"
}

@test "attacks: an authority that does not say it is one" {
	certificate cert sub.pem '' ca.pem cn=Sub
	certificate cert relay.pem IP:127.0.0.1 sub.pem
	refused_with 'certificate' relay.pem sub.pem
}

@test "attacks: a key that is for certificates only" {
	certificate cert relay.pem IP:127.0.0.1 ca.pem more=keyUsage=critical,keyCertSign
	refused_with 'not meant for a TLS server' relay.pem
}

@test "attacks: a certificate with a critical extension that nobody knows" {
	certificate cert relay.pem IP:127.0.0.1 ca.pem more=1.2.3.4=critical,ASN1:UTF8String:x
	refused_with 'certificate' relay.pem
}

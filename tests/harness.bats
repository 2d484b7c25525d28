#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The tests' own tools: a server that overlooks something, or a case that
# cannot fail, would prove nothing.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

# talk BYTES...: says each to the sink (printf escapes) once it has answered.
talk() {
	"${PYTHON[@]}" - "$PORT" "$@" <<-'END'
		import socket, sys
		sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
		for text in sys.argv[2:]:
		    if text != "early":
		        sock.recv(4096)
		        sock.sendall(text.encode().decode("unicode_escape").encode("latin-1"))
		    else:
		        sock.sendall(b"EHLO me\r\n")
		while sock.recv(4096):
		    pass
	END
	eventually grep -q "closed" "$SINK/trace"
}

# sees TEXT BYTES...: the sink must object in these words, and no others.
sees() {
	local text=$1
	shift
	start_sink --ehlo ''
	talk "$@"
	grep -q -e "$text" "$SINK/violations" || fail "no objection"
	! grep -qv -e "$text" "$SINK/violations" || fail "other objections"
}

BEGIN=('EHLO me\r\n' 'MAIL FROM:<a@b.c>\r\n' 'RCPT TO:<d@e.f>\r\n')

@test "harness: the sink takes a correct message and keeps it exactly" {
	start_sink
	talk "${BEGIN[@]}" 'DATA\r\n' 'Subject: x\r\n\r\n..dot\r\n\xff\r\n.\r\n' 'QUIT\r\n'
	assert_wire_clean
	cmp "$(arrived)" <(printf 'Subject: x\r\n\r\n.dot\r\n\xff\r\n')
	assert_equal "$(envelope sender) $(envelope recipients)" "a@b.c d@e.f"
}

@test "harness: the sink takes BDAT" {
	start_sink --ehlo CHUNKING
	talk "${BEGIN[@]}" 'BDAT 3\r\na\r\n' 'BDAT 4 LAST\r\n.b\r\n' 'QUIT\r\n'
	assert_wire_clean
	cmp "$(arrived)" <(printf 'a\r\n.b\r\n')
}

@test "harness: the sink answers each recipient over LMTP" {
	start_sink --lmtp
	talk "${BEGIN[@]/EHLO/LHLO}" 'RCPT TO:<g@e.f>\r\n' 'DATA\r\n' 'x\r\n.\r\n' 'QUIT\r\n'
	assert_wire_clean
	assert_received 2
}

@test "harness: the sink objects to a bare LF" {
	sees 'bare' 'EHLO me\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a bare CR in the text" {
	sees 'bare' "${BEGIN[@]}" 'DATA\r\n' 'a\rb\r\n.\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a bare LF in the text" {
	sees 'bare' "${BEGIN[@]}" 'DATA\r\n' 'a\nb\r\n.\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a NUL in the text" {
	sees 'bare' "${BEGIN[@]}" 'DATA\r\n' 'a\0b\r\n.\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a long line of text" {
	sees 'text line of 1001' "${BEGIN[@]}" 'DATA\r\n' ".$(printf '%0999d' 7)\\r\\n.\\r\\n" 'QUIT\r\n'
}

@test "harness: the sink objects to a long command" {
	sees 'command line of 513' "EHLO $(printf '%0506d' 7)\\r\\n" 'QUIT\r\n'
}

@test "harness: the sink objects to pipelining that was not offered" {
	sees 'did not wait' 'EHLO me\r\n' 'MAIL FROM:<a@b.c>\r\nRSET\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a parameter that was not offered" {
	sees 'without the extension' 'EHLO me\r\n' 'MAIL FROM:<a@b.c> SIZE=1\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a malformed path" {
	sees 'malformed' 'EHLO me\r\n' 'MAIL FROM: a@b.c\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to 8-bit commands" {
	sees '8-bit' 'EHLO me\r\n' 'MAIL FROM:<\xe4@b.c>\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a command out of order" {
	sees 'out of order' 'EHLO me\r\n' 'MAIL FROM:<a@b.c>\r\n' 'MAIL FROM:<a@b.c>\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to leaving without QUIT" {
	start_sink
	"${PYTHON[@]}" -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1]))).recv(99)' "$PORT"
	eventually grep -q 'without QUIT' "$SINK/violations"
}

@test "harness: the sink objects to AUTH where none was offered" {
	sees 'not offered' 'EHLO me\r\n' 'AUTH PLAIN AGEAYg==\r\n' 'QUIT\r\n'
}

@test "harness: the sink objects to a client that speaks first" {
	start_sink --ehlo ''
	talk early 'QUIT\r\n'
	grep -q 'before the greeting' "$SINK/violations"
}

# -- the player of exact-wire cases -----------------------------------------------------------

# A program that sends one mail without much thought, to be put to the test.
setup() {
	cat >"$BATS_TEST_TMPDIR/program" <<-'END'
		#!/usr/bin/python3 -SEB
		import re, socket, sys
		text = sys.stdin.buffer.read().replace(b"\n", b"\r\n")
		port = int(re.search(r"127\.0\.0\.1:(\d+)", open(sys.argv[2]).read())[1])
		sock = socket.create_connection(("127.0.0.1", port), 5)
		reply = sock.recv(500)
		for line in b"EHLO me", b"MAIL FROM:<a@b.c>", b"DATA", b"A: 1\r\nB: 2\r\n" + text + b".":
		    sock.sendall(line + b"\r\n")
		    reply = sock.recv(500)
		print("program: last reply", reply.decode().strip(), file=sys.stderr)
		sys.exit(3)
	END
	chmod +x "$BATS_TEST_TMPDIR/program"
	cat >"$BATS_TEST_TMPDIR/case.t" <<-'END'
		# a case that fits the program
		exit: 3
		stderr~: program: last reply 25[0-9] got it
		M: Hello\x21
		M:
		server
		S: 220 hi
		C: EHLO me
		S: 250-x
		S: 250 y
		C~: MAIL FROM:<.*>
		S: 250 ok
		C: DATA
		S+: 354 go
		S+: \x20on\r\n
		C/: B: .
		C/: A: .
		C: Hello!
		C:
		C: .
		S: 250 got it
	END
}

play() {
	SENDLET=$BATS_TEST_TMPDIR/program "${PYTHON[@]}" "$ROOT/tests/lib/wire.py" "$BATS_TEST_TMPDIR/case.t"
}

@test "harness: a case that fits passes" {
	play
}

@test "harness: a case that differs anywhere fails" {
	cp "$BATS_TEST_TMPDIR/case.t" "$BATS_TEST_TMPDIR/good.t"
	for change in 's/^exit: 3/exit: 0/' '/^stderr/d' 's/last reply/first reply/' 's/EHLO me/EHLO you/' \
		's/FROM:<\.\*>/FROM:<>/' 's/^M: Hello/M: hello/' '/^C: Hello/d' 's/^C:$/&\n&/' 's/^C\/: B: \./C\/: C: ./' \
		's/^S: 250 got it/S: 250 got it\nC: QUIT/' 's/^server/server\nnever/' 's/^server/server\nrefuse/'; do
		sed "$change" "$BATS_TEST_TMPDIR/good.t" >"$BATS_TEST_TMPDIR/case.t"
		! cmp -s "$BATS_TEST_TMPDIR/good.t" "$BATS_TEST_TMPDIR/case.t" || fail "no change: $change"
		if play >"$BATS_TEST_TMPDIR/diff"; then
			fail "passes: $change"
		fi
		[[ -s $BATS_TEST_TMPDIR/diff ]] || fail "no difference shown: $change"
	done
}

@test "harness: a case with a misspelt word is refused" {
	sed -i 's/^C~:/C?:/' "$BATS_TEST_TMPDIR/case.t"
	if play 2>"$ERR"; then
		fail "passes"
	fi
	grep -q 'cannot read' "$ERR"
}

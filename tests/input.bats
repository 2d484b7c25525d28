#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What stdin may be and hold, and what it costs.  The exact-wire cases show
# what becomes of single lines; here are the sizes, kinds and oddities.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

setup() {
	INPUT=$BATS_TEST_TMPDIR/input
}

# Sends $INPUT; what arrives must be the same with CRLF.
send_input() {
	send -i -f kit@example.org pat@example.net <"$INPUT"
	assert_sent
	sed 's/$/\r/' "$INPUT" | cmp - "$(arrived)"
}

# The peak of its memory, in KiB, is read while the relay ponders the message.
# measure LIMIT-KIB
measure() {
	local pid peak
	conf_plain
	# shellcheck disable=SC2094 # the program only reads it
	env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -i -f kit@example.org pat@example.net \
		<"$INPUT" >"$OUT" 2>"$ERR" 3>&- 4>&- &
	pid=$!
	while ! grep -q 'message of' "$SINK/trace" && [[ -e /proc/$pid ]]; do
		sleep 0.1
	done
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")
	status=0
	wait "$pid" || status=$?
	echo "peak: $peak KiB"
	assert_exit 0
	((peak <= $1))
}

@test "input: 100 MiB in less than 2 MiB of memory" {
	message "$(printf '%01500d' 7 | fold -w 75)" >"$INPUT"
	yes "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789" |
		head -c "$((99 << 20))" >>"$INPUT"
	echo >>"$INPUT"
	start_sink --on 'EOM=delay 1'
	LIMIT=100
	measure 2048
	assert_wire_clean
	assert_equal "$(sed 's/$/\r/' "$INPUT" | sha256sum)" "$(sha256sum <"$(arrived)")"
}

@test "input: many short lines, all dots, in less than 2 MiB" {
	{ message && yes . | head -c 4000000; } >"$INPUT"
	start_sink --on 'EOM=delay 1'
	measure 2048
	assert_wire_clean
	assert_equal "$(sed 's/$/\r/' "$INPUT" | sha256sum)" "$(sha256sum <"$(arrived)")"
}

@test "input: around the size kept in memory nothing is lost" {
	start_sink
	conf_plain
	local size count=0
	for size in 262142 262143 262144 262145 262146 262221 270000; do
		message "$(yes 'seventy octets, more or less, are a usual line of a usual message' |
			head -c "$((size - 150))")" >"$INPUT"
		send -i -f kit@example.org pat@example.net <"$INPUT"
		assert_sent "$((count += 1))"
		sed 's/$/\r/' "$INPUT" | cmp - "$(arrived "$count")"
	done
}

@test "input: a big message leaves no file behind" {
	start_sink
	conf_plain
	ENV+=("TMPDIR=$BATS_TEST_TMPDIR/tmp")
	mkdir "$BATS_TEST_TMPDIR/tmp"
	message "$(seq 200000)" >"$INPUT"
	send_input
	[[ -z $(ls -A "$BATS_TEST_TMPDIR/tmp") ]]
}

@test "input: all octets but CR, LF and NUL arrive as they are" {
	start_sink
	conf_plain
	"${PYTHON[@]}" -c '
import sys
sys.stdout.buffer.write(bytes(n for n in range(1, 256) if n not in (10, 13)) + b"\n")' \
		>"$BATS_TEST_TMPDIR/octets"
	{ message && cat "$BATS_TEST_TMPDIR/octets"; } >"$INPUT"
	send_input
}

@test "input: all lengths of lines up to 998" {
	start_sink
	conf_plain
	message "$("${PYTHON[@]}" -c 'print("\n".join("." * n for n in range(999)))')" >"$INPUT"
	send_input
}

@test "input: any cut of a message into writes gives the same text" {
	start_sink
	conf_plain
	"${PYTHON[@]}" -c '
import sys, time
for byte in open(sys.argv[1], "rb").read():
    sys.stdout.buffer.write(bytes([byte]))
    sys.stdout.flush()' <(message | sed 's/$/\r/' && printf 'a\r\n.\r\n..\n\r\nb\n') |
		send -i -f kit@example.org pat@example.net
	# send ran in the pipe's own shell: look at the result only
	assert_received 1
	{ message && printf 'a\n.\n..\n\nb\n'; } | sed 's/$/\r/' | cmp - "$(arrived)"
}

@test "input: a file is read from where it stands" {
	start_sink
	conf_plain
	{ echo "X-Not: this" && message; } >"$INPUT"
	exec 8<"$INPUT"
	read -r -u 8 _
	# read(1) leaves the descriptor behind the line of a regular file
	send -f kit@example.org pat@example.net <&8
	exec 8<&-
	assert_sent
	refute_arrived X-Not
}

@test "input: a file that is open for writing and unlinked" {
	start_sink
	conf_plain
	message >"$INPUT"
	exec 8<>"$INPUT"
	rm "$INPUT"
	send -f kit@example.org pat@example.net <&8
	exec 8<&-
	assert_sent
}

@test "input: a socket" {
	start_sink
	conf_plain
	message >"$INPUT"
	status=0
	"${PYTHON[@]}" - "$INPUT" "$SENDLET" --config "$CONF" -f kit@example.org pat@example.net \
		>"$OUT" 2>"$ERR" <<-'END' || status=$?
		import socket, subprocess, sys
		ours, theirs = socket.socketpair()
		child = subprocess.Popen(sys.argv[2:], stdin=theirs, env={})
		theirs.close()
		ours.sendall(open(sys.argv[1], "rb").read())
		ours.close()
		sys.exit(child.wait(20))
	END
	assert_sent
}

@test "input: a socket that is cut off is no message" {
	start_sink
	conf_plain
	for size in 1 5000; do
		status=0
		"${PYTHON[@]}" - $size "$SENDLET" --config "$CONF" -f kit@example.org pat@example.net \
			>"$OUT" 2>"$ERR" <<-'END' || status=$?
			import socket, struct, subprocess, sys
			server = socket.create_server(("127.0.0.1", 0))
			ours = socket.create_connection(server.getsockname())
			theirs, _ = server.accept()
			ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
			ours.sendall(b"Subject: x\n\nhalf of " + b"it\n" * int(sys.argv[1]))
			ours.close()
			sys.exit(subprocess.run(sys.argv[2:], stdin=theirs, env={}, timeout=20).returncode)
		END
		assert_exit 74
		assert_stderr_line 'sendlet: standard input: Connection reset by peer'
		assert_received 0
	done
}

@test "input: a terminal ends at the lone dot" {
	start_sink
	conf_plain
	"${PYTHON[@]}" - "$SENDLET" --config "$CONF" -f kit@example.org pat@example.net <<-'END'
		import os, pty, subprocess, sys, termios
		ours, theirs = pty.openpty()
		mode = termios.tcgetattr(theirs)
		mode[3] &= ~termios.ECHO
		termios.tcsetattr(theirs, termios.TCSANOW, mode)
		child = subprocess.Popen(sys.argv[1:], stdin=theirs, env={})
		os.write(ours, b"Subject: x\n\none\n.\nnot this\n")
		sys.exit(child.wait(20))
	END
	assert_received 1
	grep -q '^one' "$(arrived)"
	refute_arrived 'not this'
}

@test "input: a full disk is reported and nothing is sent" {
	start_sink
	conf_plain
	message "$(seq 200000)" >"$INPUT"
	status=0
	# shellcheck disable=SC2016 # for the inner shell
	timeout "$LIMIT" unshare -rm sh -c '
		exec 5<"$1" 6<"$3" 7<"$2"
		for dir in /tmp /var/tmp /dev/shm; do
			mount -t tmpfs -o size=300k none "$dir" || exit
		done
		umask 077 && cat <&6 >/tmp/conf && exec 6<&-
		exec env -i /proc/self/fd/7 --config /tmp/conf -f kit@example.org pat@example.net <&5' \
		- "$INPUT" "$SENDLET" "$CONF" >"$OUT" 2>"$ERR" || status=$?
	assert_exit 74
	assert_received 0
	assert_stderr_line 'sendlet: .*No space left.*'
	[[ ! -e $SINK/trace ]] || fail "the relay was contacted"
}

@test "input: a limit on the size of files is reported, not died of" {
	start_sink
	conf_plain
	message "$(seq 200000)" >"$INPUT"
	status=0
	(ulimit -f 100 && sendlet -f kit@example.org pat@example.net <"$INPUT" >"$OUT" 2>"$ERR") ||
		status=$?
	assert_exit 74
	assert_received 0
}

@test "input: a directory is no message" {
	start_sink
	conf_plain
	send -f kit@example.org pat@example.net <"$BATS_TEST_TMPDIR"
	[[ $status == 66 || $status == 74 ]] || fail "exit $status"
	assert_received 0
}

@test "input: more than max-message-size is refused" {
	start_sink
	conf_plain 'max-message-size 10k'
	message "$(seq 1900)" >"$INPUT"
	send_input
	message "$(seq 2500)" >"$INPUT"
	send -i -f kit@example.org pat@example.net <"$INPUT"
	assert_exit 65
	assert_received 1
	assert_stderr_line 'sendlet: .*max-message-size.*'
}

@test "input: a header without end is refused" {
	start_sink
	conf_plain
	{ echo "Subject: x" && yes 'X-Filler: 0123456789012345678901234567890123456789' |
		head -c 17000000; } >"$INPUT"
	send -i -f kit@example.org pat@example.net <"$INPUT"
	assert_exit 65
	assert_received 0
	assert_stderr_line 'sendlet: .*header.*'
}

@test "input: a long header that its file has lost is reported, not died of" {
	start_sink
	conf_plain
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	{ echo 'To: pat@example.net' && seq -f "X-%g: $(printf '%090d' 7)" 6000 && echo; } >"$INPUT"
	# All of it is in the file, with a CR for each line.
	filed() { [[ $(stat -L -c %s "/proc/$1/fd/3") -gt $(stat -c %s "$INPUT") ]]; }
	for quiet in '' -oeq; do
		# shellcheck disable=SC2086 # it may be none
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" $quiet -i pat@example.net \
			<"$BATS_TEST_TMPDIR/pipe" >"$OUT" 2>"$ERR" 3>&- &
		exec 7>"$BATS_TEST_TMPDIR/pipe"
		cat "$INPUT" >&7
		eventually filed $!
		truncate -s 0 "/proc/$!/fd/3"
		exec 7>&-
		status=0
		wait $! || status=$?
		assert_exit 74
		assert_received 0
		[[ -n $quiet ]] || assert_stderr_line 'sendlet: temporary file: cannot be read back'
	done
	[[ ! -s $ERR ]] || fail "not quiet"
}

@test "input: a header without memory for it is not blamed" {
	start_sink
	conf_plain
	{ echo "Subject: x" && seq -f "X-%g: $(printf '%0900d' 7)" 14000 && echo; } >"$INPUT"
	status=0
	(ulimit -v 10000 && env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -i pat@example.net) \
		<"$INPUT" >"$OUT" 2>"$ERR" || status=$?
	assert_exit 71
	assert_stderr_line 'sendlet: message: out of memory'
	assert_received 0
}

@test "input: the first of several long lines is named" {
	start_sink
	conf_plain "long-lines refuse"
	long=$(printf '%01200d' 7)
	send -i -f kit@example.org pat@example.net < <(message one "$long" "$long$long")
	assert_exit 65
	assert_received 0
	assert_stderr_line 'sendlet: .*\b8\b.*\b1200\b.*'
	[[ ! -e $SINK/trace ]] || fail "the relay was contacted"
}

@test "input: a thousand recipients" {
	start_sink
	conf_plain
	{ printf 'From: kit@example.org\nTo: ' && seq -f 'u%g@example.net,' -s $'\n ' 1000 &&
		printf ' last@example.net\n\nHello\n'; } >"$INPUT"
	send -i -t -f kit@example.org <"$INPUT"
	assert_sent
	assert_equal "$(envelope recipients | wc -l)" 1001
}

@test "input: ten thousand recipients, and one more" {
	start_sink
	conf_plain
	{ printf 'From: kit@example.org\nTo: ' && seq -f 'u%g@example.net,' -s $'\n ' 10000 &&
		printf ' u1@example.net\n\nHello\n'; } >"$INPUT"
	send -i -t -f kit@example.org <"$INPUT"
	assert_sent
	assert_equal "$(envelope recipients | wc -l)" 10000
	send -i -t -f kit@example.org last@example.net <"$INPUT"
	assert_exit 65
	assert_stderr_line 'sendlet: message: more than 10000 recipients: send it in parts'
	assert_received 1
}

@test "input: a header full of recipients costs little memory" {
	start_sink
	conf_plain
	{ printf 'To: ' && seq -f 'u%g,' -s $'\n ' 110000 && printf ' x\n\nHello\n'; } >"$INPUT"
	[[ $(stat -c %s "$INPUT") -gt 900000 ]]
	status=0
	(ulimit -v 16384 && sendlet -i -t -f kit@example.org) <"$INPUT" >"$OUT" 2>"$ERR" || status=$?
	assert_exit 65
	assert_stderr_line 'sendlet: message: more than 10000 recipients: send it in parts'
	assert_received 0
}

@test "input: SIZE is what arrives" {
	start_sink --size 1000000
	conf_plain
	{ printf 'Subject: x\nBcc: hidden@example.net\n\n.dots\n..\n' && seq 1000; } >"$INPUT"
	send -i -f kit@example.org pat@example.net <"$INPUT"
	assert_sent
	assert_equal "$(envelope mail)" "MAIL FROM:<kit@example.org> SIZE=$(wc -c <"$(arrived)")"
}

@test "input: a pipe that does not block" {
	start_sink
	conf_plain
	message >"$INPUT"
	status=0
	"${PYTHON[@]}" "$ROOT/tests/lib/nonblocking.py" "$SENDLET" --config "$CONF" -i pat@example.net \
		<"$INPUT" >"$OUT" 2>"$ERR" || status=$?
	assert_sent
}

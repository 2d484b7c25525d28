#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What an ordinary message costs the machine, in numbers that do not depend on
# how fast it is.

load lib/common

setup() {
	start_sink --ehlo PIPELINING,8BITMIME,ENHANCEDSTATUSCODES,CHUNKING
	echo "relay smtp+notls://127.0.0.1:$PORT" | conf
	message "$(printf '%0885d' 0)" >"$BATS_TEST_TMPDIR/mail"
	CALL=("$ROOT/build/sendlet" --config "$CONF" -i -f kit@example.org pat@example.net)
}

@test "lean: at most 150,000 instructions" {
	local count
	env -i valgrind --tool=callgrind --callgrind-out-file=/dev/null "${CALL[@]}" \
		<"$BATS_TEST_TMPDIR/mail" 2>"$ERR" || { cat "$ERR" && false; }
	assert_received 1
	count=$(sed -n 's/.* Collected : //p' "$ERR")
	echo "$count"
	((count > 20000 && count <= 150000))
}

# Pages that are in memory, which nothing but this process has to get at; the
# least of several runs, for others may need the memory.
@test "lean: at most 33 page faults" {
	"${PYTHON[@]}" - "$BATS_TEST_TMPDIR/mail" "${CALL[@]}" <<-'END'
		import os, sys
		least = 1000
		for i in range(10):
		    pid = os.posix_spawn(sys.argv[2], sys.argv[2:], {}, file_actions=[
		        (os.POSIX_SPAWN_OPEN, 0, sys.argv[1], os.O_RDONLY, 0)])
		    _, status, used = os.wait4(pid, 0)
		    assert status == 0, status
		    least = min(least, used.ru_minflt)
		print(least)
		assert 10 < least <= 33
	END
	assert_received 10
}

# Where neither spool nor dead.letter is to be left open.  Not counted is how
# often the server is waited for, because its replies may come in pieces.
@test "lean: at most 27 other system calls, the sandbox included" {
	local count
	env -i strace -f -c -o "$BATS_TEST_TMPDIR/calls" "${CALL[@]}" <"$BATS_TEST_TMPDIR/mail"
	assert_received 1
	count=$(awk '$4 ~ /^[0-9]+$/ && $NF !~ /^(poll|recvfrom|total)$/ { n += $4 } END { print n }' \
		"$BATS_TEST_TMPDIR/calls")
	echo "$count"
	((count > 10 && count <= 27))
	[[ $(awk '$NF == "seccomp" { print $4 }' "$BATS_TEST_TMPDIR/calls") -eq 2 ]]
}

# 64 KiB is what Linux gives a pipe.
@test "lean: a program that pipes in much need not wait for each 64 KiB to be read" {
	"${PYTHON[@]}" - "${CALL[@]}" <<-'END'
		import fcntl, os, subprocess, sys
		F_GETPIPE_SZ = 1032
		for lines, size in ((10, 65536), (20000, 262144)):
		    out, into = os.pipe()
		    child = subprocess.Popen(sys.argv[1:], stdin=out)
		    os.write(into, b"Subject: much\n\n")
		    for i in range(lines):
		        os.write(into, b"an ordinary line\n")
		    assert fcntl.fcntl(out, F_GETPIPE_SZ) == size, (lines, size)
		    os.close(into)
		    assert child.wait() == 0
		    os.close(out)
	END
	assert_received 2
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The line stream on a socketpair, case by case; its system calls.

cd "$BATS_TEST_DIRNAME/.." || exit 1
STREAM=${BUILD:-build}/asan/unit/stream

@test "stream: lines with CRLF, LF, NUL, in pieces" {
	"$STREAM" lines
}

@test "stream: a line of the maximum length passes, one octet more does not" {
	"$STREAM" long-lines
}

@test "stream: a line without end is refused before it ends" {
	"$STREAM" endless-line
}

@test "stream: the end of file ends a started line, not a finished one" {
	"$STREAM" end-of-file
}

@test "stream: a silent peer is given up at the deadline" {
	"$STREAM" silent
}

@test "stream: one octet now and then does not move the deadline" {
	"$STREAM" trickling
}

@test "stream: a peer that reads nothing is given up, and nothing more is sent" {
	"$STREAM" unread
}

@test "stream: a peer that talks before it reads does not block" {
	"$STREAM" duplex
}

@test "stream: a peer that only talks is given up at the deadline" {
	"$STREAM" flooded
}

@test "stream: octets arrive in order whatever the sizes of the pieces" {
	"$STREAM" order
}

@test "stream: part of a file goes between other octets" {
	"$STREAM" file
}

@test "stream: a file that the kernel cannot send is left to be read" {
	"$STREAM" file-unable
}

@test "stream: a file for a peer that reads nothing, or is gone" {
	"$STREAM" file-unread
	"$STREAM" file-hung-up
}

@test "stream: nothing is sent before the flush" {
	"$STREAM" buffered
}

@test "stream: what a peer said before it hung up is read after a failed write" {
	"$STREAM" hung-up
}

@test "stream: STARTTLS is refused after octets in clear text" {
	"$STREAM" injected
}

@test "stream: one send, one poll and one recv for a command and its reply" {
	# LeakSanitizer cannot run under a tracer.
	ASAN_OPTIONS=detect_leaks=0 strace -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=network,poll,ppoll,ioctl "$STREAM" exchange
	count=$(sed -n 's/(.*//p' "$BATS_TEST_TMPDIR/trace" | grep -v '^socketpair$\|^-' |
		sort | uniq -c | xargs)
	echo "$count"
	[ "$count" = "100 poll 100 recvfrom 100 sendmsg 1 setsockopt" ]
}

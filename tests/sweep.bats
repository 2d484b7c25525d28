#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Nothing is ever lost: a sample of what `make sweep` goes through.  sweep.py
# says what is failing where, and what must hold nevertheless.

load lib/common

# sweep PART: all its cases went well, and there were some.
sweep() {
	SENDLET=$SENDLET timeout -k 2 120 "${PYTHON[@]}" "$ROOT/tests/sweep/sweep.py" "$1" >"$OUT"
	cat "$OUT"
	sed 's/^/# /' "$OUT" >&3
	grep -qE "^$1: [0-9]{2,} cases, 0 lost, 0 duplicated, 0 misreported" "$OUT"
}

@test "sweep: the connection ends at each byte the relay says" {
	sweep cut
}

@test "sweep: the relay refuses at each step" {
	sweep answer
}

@test "sweep: each system call fails, or is the last" {
	sweep fault
}

@test "sweep: the disk is full, over quota, read-only" {
	sweep disk
}

@test "sweep: 200 senders, a drainer, and a relay that comes and goes" {
	sweep crowd
}

@test "sweep: timeouts fire within a second, timeout-total bounds everything" {
	sweep timeout
}

@test "sweep: the clock jumps" {
	sweep clock
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How far a long transfer is: shown on a terminal with -v, and nowhere else.

load lib/common

# transfer terminal|pipe SIZE [OPTION...]: what appears on standard error.
transfer() {
	local where=$1 size=$2
	shift 2
	status=0
	timeout 60 env -i "${ALIASES[@]}" SENDLET_HOSTNAME=client.example.org SENDLET_SPOOL=off SENDLET_DEAD_LETTER=off "${ENV[@]}" "${PYTHON[@]}" "$ROOT/tests/lib/slow.py" \
		"$where" "$size" "$SENDLET" "$@" -f kit@example.org pat@example.net >"$OUT" 2>"$ERR" || status=$?
	assert_exit 0
}

@test "progress: octets, rate and time left, on a terminal with -v" {
	transfer terminal 16000000 -v
	tr '\r' '\n' <"$OUT" >"$OUT.lines"
	grep -qE '^[0-9.]+ MiB of 1[56]\.[0-9] MiB, [0-9.]+ ([KM]iB|B)/s, [0-9]+:[0-9]{2} left *$' "$OUT.lines"
	# It is taken away before the dialogue goes on.
	grep -qP '\r {64}\r-> \.' "$OUT"
	grep -q '^<- 250 taken' "$OUT.lines"
}

@test "progress: nothing where there is no terminal, or no -v" {
	transfer pipe 16000000 -v
	grep -q '^<- 250 taken' "$OUT"
	! grep -q $'\r\| left' "$OUT" || fail "there is a line"
	transfer terminal 16000000
	[[ ! -s $OUT ]] || fail "not silent"
}

@test "progress: nothing when it does not take long" {
	transfer terminal 20000 -v
	grep -q '<- 250 taken' "$OUT"
	! grep -q ' left' "$OUT" || fail "there is a line"
}

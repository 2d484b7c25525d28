#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Many machines behind a cluster of relays, found by SRV records: weights 60,
# 30, 10 (slow), 20 (dead), none, and one that is only there for the worst.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/net

MACHINES=200

setup() {
	[[ -e $BATS_FILE_TMPDIR/ca.pem ]] || {
		certificate ca ca.pem "Test CA"
		certificate cert fleet.pem DNS:fleet.test ca.pem
	}
	for host in 11 12 14 16; do
		member "127.0.0.$host"
	done
	member 127.0.0.13 --on 'EOM=delay 1'
	relay srv://fleet.test "ca-file $BATS_FILE_TMPDIR/ca.pem"
}

member() {
	local address=$1
	shift
	sink "$address" 587 --tls starttls --cert "$BATS_FILE_TMPDIR/fleet.pem" "$@"
}

all_send() {
	"${INSIDE[@]}" "${PYTHON[@]}" "$ROOT/tests/lib/fleet.py" "$MACHINES" 8 "$SENDLET" "$CONF" >"$OUT"
}

# Every message arrived, and none of them twice.
assert_complete() {
	assert_equal "$(cut -d ' ' -f 1,3- "$OUT" | sort -u)" 0
	sed -n 's/^ *"\(r[0-9]*@example\.net\)".*/\1/p' "$BATS_TEST_TMPDIR"/at.*/messages/*.json |
		sort >"$BATS_TEST_TMPDIR/arrived"
	seq -f 'r%g@example.net' "$MACHINES" | sort | diff - "$BATS_TEST_TMPDIR/arrived"
}

# Nobody took longer than this, in ms.
assert_quick() {
	local slowest
	slowest=$(cut -d ' ' -f 2 "$OUT" | sort -n | tail -n 1)
	((slowest < $1)) || fail "one took $slowest ms"
}

assert_share() {
	local count
	count=$(taken "127.0.0.$1")
	((count >= $2 && count <= $3)) || fail "127.0.0.$1 got $count messages"
}

# The bounds of the shares are five standard deviations wide.
@test "fleet: one relay slow, one swallowing packets" {
	hole 127.0.0.2 587
	all_send
	assert_complete
	assert_share 11 85 155
	assert_share 12 25 95
	assert_share 13 2 45
	assert_share 14 0 15
	assert_share 16 0 0
	# Without the race it would be half a minute for one in six.
	assert_quick 10000
}

@test "fleet: one relay slow, one refusing connections" {
	all_send
	assert_complete
	assert_share 11 85 155
	assert_share 12 25 95
	assert_share 13 2 45
	assert_share 14 0 15
	assert_share 16 0 0
	assert_quick 10000
}

@test "fleet: the spare one when all others are dead" {
	for host in 11 12 13 14; do
		kill "$(<"$BATS_TEST_TMPDIR/at.127.0.0.$host/pid")"
		rm -r "$BATS_TEST_TMPDIR/at.127.0.0.$host"
	done
	MACHINES=20
	all_send
	assert_complete
	assert_share 16 20 20
	assert_quick 10000
}

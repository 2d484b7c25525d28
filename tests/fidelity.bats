#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Messages of every odd kind, to relays that take little or much: what arrives
# is the same, or has the same leaves.  CASES=N tries more random ones.

load lib/common

FIDELITY=("${PYTHON[@]}" "$ROOT/tests/lib/fidelity.py")

@test "fidelity: every message of the collection, to every kind of relay" {
	run timeout 200 "${FIDELITY[@]}" corpus "$ROOT/tests/mail"
	echo "$output"
	[[ $status == 0 ]]
	[[ $output =~ \ ([0-9]+)\ files ]]
	((BASH_REMATCH[1] >= 150))
	echo "# $output" >&3
}

@test "fidelity: random trees, to relays with random extensions" {
	run timeout 3600 "${FIDELITY[@]}" random "${CASES:-300}" "${SEED:-1}"
	echo "$output"
	[[ $status == 0 ]]
	echo "# $output" >&3
}

# Takes long to write down, so it is made here.
@test "fidelity: the header of a part that is too long to be encoded" {
	start_sink --ehlo PIPELINING
	conf_plain
	{
		printf '%s\n' 'From: kit@example.org' 'MIME-Version: 1.0' \
			'Content-Type: multipart/mixed; boundary=b' '' --b $'X-A: \303\244'
		yes 'X-B: foo' | head -n 30000
		printf '%s\n' '' hello --b--
	} >"$BATS_TEST_TMPDIR/mail"
	send -f kit@example.org -i pat@example.net <"$BATS_TEST_TMPDIR/mail"
	assert_exit 65
	assert_stderr_line 'sendlet: .*: message: the header of a part has 8-bit text, .*too long.*'
	[[ ! -e $(arrived) ]]
}

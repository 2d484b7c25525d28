#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Who the mail is from and for.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit 1
	ENVELOPE=${BUILD:-build}/asan/unit/envelope
}

@test "senders and recipients are collected as the table says" {
	"$ENVELOPE" <tests/golden/envelope.in >"$BATS_TEST_TMPDIR/out"
	diff -u tests/golden/envelope.ref "$BATS_TEST_TMPDIR/out"
}

@test "ten thousand recipients, half of them named twice" {
	timeout 30 "$ENVELOPE" >"$BATS_TEST_TMPDIR/out" <<-END
		qualify example.org
		many 5000 @example.net
		many 5000 @EXAMPLE.net
		many 5000
	END
	grep -qx '    10000 recipients, 10000 open' "$BATS_TEST_TMPDIR/out"
}

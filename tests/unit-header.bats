#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Where a header field starts and ends.

@test "header fields are taken apart as the table says" {
	cd "$BATS_TEST_DIRNAME/.."
	"${BUILD:-build}/asan/unit/header" <tests/golden/header.in >"$BATS_TEST_TMPDIR/out"
	diff -u tests/golden/header.ref "$BATS_TEST_TMPDIR/out"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Quoted-printable and base64, however the text comes in.

@test "text is encoded as the table says" {
	cd "$BATS_TEST_DIRNAME/.."
	"${BUILD:-build}/asan/unit/encoder" <tests/golden/encoder.in >"$BATS_TEST_TMPDIR/out"
	diff -u tests/golden/encoder.ref "$BATS_TEST_TMPDIR/out"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Header fields in the form in which they may leave.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=${BUILD:-build}/asan/unit

@test "downgrade: fields are encoded and folded as the table says" {
	"$UNIT/downgrade" <tests/golden/downgrade.in | diff -u tests/golden/downgrade.ref -
}

@test "downgrade: another implementation reads what was meant" {
	/usr/bin/python3 -S -E -B tests/lib/same_header.py "$UNIT/downgrade" 1000
}

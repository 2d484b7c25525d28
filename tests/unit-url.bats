#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Relay URLs against their table.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=${BUILD:-build}/asan/unit

@test "url: what each relay URL means, or why it is refused" {
	"$UNIT/url" <tests/golden/url.in | diff -u tests/golden/url.ref -
}

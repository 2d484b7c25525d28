#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The reply parser against its table.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=${BUILD:-build}/asan/unit

@test "reply: what the parser makes of each reply" {
	"$UNIT/reply" <tests/golden/reply.in | diff -u tests/golden/reply.ref -
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

cd "$BATS_TEST_DIRNAME/.." || exit 1

@test "glob: patterns and texts" {
	timeout 10 "${BUILD:-build}/asan/unit/glob" <tests/golden/glob.in | diff -u tests/golden/glob.ref -
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

cd "$BATS_TEST_DIRNAME/.." || exit 1

@test "heap: random use" {
	[[ $(timeout 60 "${BUILD:-build}/asan/unit/heap") == ok ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

cd "$BATS_TEST_DIRNAME/.." || exit 1

@test "format: beside the C library's" {
	[[ $(timeout 60 "${BUILD:-build}/asan/unit/format") == ok ]]
}

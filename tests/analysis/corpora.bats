#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The corpora of the fuzzers under valgrind, which takes long.

@test "valgrind: corpora" {
	cd "$BATS_TEST_DIRNAME/../.." || return
	bad=
	for target in tests/corpus/*; do
		name=$(basename "$target")
		timeout 900 valgrind -q --error-exitcode=99 --leak-check=full \
			--errors-for-leak-kinds=definite "build/plain/replay/$name" "$target" || bad+=" $name"
	done
	echo "failed:$bad"
	[[ -z $bad ]]
}

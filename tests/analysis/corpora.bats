#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The corpora of the fuzzers under valgrind: half a minute where nothing else
# runs.

@test "valgrind: corpora" {
	cd "$BATS_TEST_DIRNAME/../.." || return
	bad=
	for target in tests/corpus/*; do
		name=$(basename "$target")
		inputs=$(find "$target" -type f | wc -l)
		run timeout 120 valgrind -q --error-exitcode=99 --leak-check=full \
			--errors-for-leak-kinds=definite "build/plain/replay/$name" "$target"
		if [[ $status -ne 0 || $inputs -eq 0 || $output != "$inputs inputs" ]]; then
			echo "$name: $status: $output"
			bad+=" $name"
		fi
	done
	echo "failed:$bad"
	[[ -z $bad ]]
}

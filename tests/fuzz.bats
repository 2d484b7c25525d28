#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Every parser walks the inputs that were collected for it, with sanitizers; and
# they reach nearly all of it.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	REPLAY=${BUILD:-build}/asan/replay
}

targets() {
	basename -s .c tests/fuzz/*.c | grep -vx replay
}

@test "fuzz: every target has a corpus and a parser, and the other way round" {
	diff <(targets) <(ls tests/corpus)
	diff <(targets) <(grep -o '^[a-z]*' tests/fuzz/parsers | sort -u)
	while read -r _ files; do
		for file in $files; do
			[[ -f src/${file%%:*} ]]
		done
	done < <(grep -v '^#' tests/fuzz/parsers)
}

@test "fuzz: no input is large" {
	run find tests/corpus -type f -size +80k
	[[ $status -eq 0 && -z $output ]]
}

@test "fuzz: the corpora cover nine tenths of each parser" {
	# shellcheck disable=SC2046 # a list of words
	run tests/fuzz/coverage.sh $(targets)
	echo "$output"
	[[ $status -eq 0 ]]
	[[ $(grep -c ' all ' <<<"$output") -eq $(targets | wc -l) ]]
}

@test "fuzz: every target walks its corpus" {
	bad=
	for target in $(targets); do
		inputs=$(find "tests/corpus/$target" -type f | wc -l)
		run timeout 120 "$REPLAY/$target" "tests/corpus/$target"
		if [[ $status -ne 0 || $inputs -eq 0 || $output != *"$inputs inputs"* ]]; then
			echo "$target: $output"
			bad+=" $target"
		fi
	done
	[[ -z $bad ]]
}

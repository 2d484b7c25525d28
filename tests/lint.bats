#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What compilers and checkers have against the sources: nothing.

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	tests/analysis/lint.sh "$BATS_FILE_TMPDIR/lint"
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	LINT=$BATS_FILE_TMPDIR/lint
}

# clean TOOL: it has looked, and found nothing.
clean() {
	cat "$LINT/$1"
	[[ -f $LINT/$1 && ! -s $LINT/$1 ]]
	[[ $(grep -c "[ ,]$1\>" "$LINT/list") -gt 0 ]]
}

@test "lint: gcc, with -fanalyzer" { clean gcc; }
@test "lint: clang's analyzer" { clean clang; }
@test "lint: clang-tidy" { clean tidy; }
@test "lint: cppcheck" { clean cppcheck; }
@test "lint: the tests' own sources, gcc and clang" { clean tests; }
@test "lint: shellcheck" { clean shell; }

@test "lint: 80 columns, 450 lines a file" {
	run awk '
	FNR == 451 { print FILENAME ": more than 450 lines" }
	{
		line = $0
		column = 0
		for (i = 1; i <= length(line); i++)
			column += substr(line, i, 1) == "\t" ? 8 - column % 8 : 1
		if (column > 80)
			print FILENAME ":" FNR ": " column " columns"
	}
	END { print (NR > 10000 ? "looked" : "nothing to look at") }' \
	    src/*.[ch] src/*/*.[ch]
	echo "$output"
	[[ $status -eq 0 && $output == looked ]]
}

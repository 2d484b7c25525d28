#!/bin/sh
# SPDX-License-Identifier: ISC
#
# coverage.sh TARGET ...: walk the corpora, and print how many lines that covers
# of each file of a target's parser, and of all of it.  Fewer than 90 of 100 are
# a failure: the corpus lacks something.

set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}/coverage
least=90
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# files TARGET: those of its parser.
files()
{
	awk -v t="$1" '$1 == t { for (i = 2; i <= NF; i++) print "src/" $i }' \
	    tests/fuzz/parsers
}

for target; do
	LLVM_PROFILE_FILE=$work/$target.raw "$build/$target" \
	    "tests/corpus/$target" >/dev/null
	llvm-profdata merge -o "$work/$target" "$work/$target.raw"
	llvm-cov report -instr-profile "$work/$target" "$build/$target" \
	    >"$work/report"
	for file in $(files "$target"); do
		awk -v t="$target" -v f="$file" '
		    $1 == f { print t, f, $8 - $9, $8; found = 1 }
		    END { if (!found) print t, f, 0, 1 }' "$work/report"
	done
done | awk -v least="$least" '
function show(target, file, covered, lines)
{
	printf "%-9s %-24s %5.1f%% of %4d lines\n", target, file,
	    covered * 100 / lines, lines
}
function whole()
{
	show(last, "all", covered, lines)
	if (covered * 100 < least * lines)
		bad = bad " " last
	covered = lines = 0
}
NR > 1 && $1 != last { whole() }
{ last = $1; covered += $3; lines += $4; show($1, $2, $3, $4) }
END {
	whole()
	if (bad)
		print "less than " least "%:" bad
	exit bad != ""
}'

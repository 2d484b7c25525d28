#!/bin/sh
# SPDX-License-Identifier: ISC
#
# coverage.sh TARGET ...: walk the corpora, and print how many lines that covers
# of each file of a target's parser, and of all of it.  Fewer than 90 of 100 are
# a failure: the corpus lacks something.

set -eu
cd "$(dirname "$0")/../.."
build=build/coverage
least=90
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# files TARGET: those of its parser, and which functions, if not all.
files()
{
	awk -v t="$1" '$1 == t { for (i = 2; i <= NF; i++) print "src/" $i }' \
	    tests/fuzz/parsers
}

for target; do
	LLVM_PROFILE_FILE=$work/$target.raw "$build/$target" \
	    "tests/corpus/$target" >/dev/null
	llvm-profdata merge -o "$work/$target" "$work/$target.raw"
	llvm-cov export -format=lcov -instr-profile "$work/$target" \
	    "$build/$target" >"$work/lines"
	for file in $(files "$target"); do
		awk -F '[:,]' -v t="$target" -v want="$file" '
		BEGIN {
			n = split(want, part, ":")
			for (i = 2; i <= n; i++)
				only[part[i]] = 1
		}
		$1 == "SF" { here = $2 == "./" part[1] }
		here && $1 == "FN" { begins[$2] = $NF }
		here && $1 == "DA" && begins[$2] { name = begins[$2] }
		here && $1 == "DA" && (n == 1 || name in only) {
			lines++
			covered += $3 > 0
		}
		END { print t, part[1], covered + 0, lines ? lines : 1 }
		' "$work/lines"
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

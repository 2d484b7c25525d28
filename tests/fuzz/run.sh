#!/bin/sh
# SPDX-License-Identifier: ISC
#
# run.sh libfuzzer|afl|merge SECONDS TARGET ...: fuzz the targets one after the
# other, for so long each, from their corpora.  What is new stays in
# build/fuzz/found-TARGET; merge adds to the corpus the least of it that
# reaches as much.  An input that fails is named, kept in build/fuzz, and ends
# the run.  build/fuzz/log says what was run how often, and how many seconds of
# CPU time that took.

set -eu
cd "$(dirname "$0")/../.."
engine=$1
seconds=$2
shift 2
here=tests/fuzz
out=build/fuzz

# The dictionary, if the target has one.
words()
{
	if [ -e "$here/$1.dict" ]; then
		echo "$2$here/$1.dict"
	fi
}

libfuzzer()
{
	# shellcheck disable=SC2046 # none or one
	nice -n 19 "$out/$1" -max_total_time="$seconds" -timeout=10 \
	    -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix="$out/$1-" $(words "$1" -dict=) \
	    "$out/found-$1" "tests/corpus/$1" >"$out/$1.log" 2>&1 || {
		tail -n 40 "$out/$1.log"
		return 1
	}
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log")
}

# Its own names for things: no file, no core pattern, no window.
afl()
{
	lines=
	[ ! -e "build/afl/$1.so" ] || lines=$PWD/build/afl/$1.so
	status=0
	rm -rf "build/afl/out-$1"
	# shellcheck disable=SC2046 # none or two
	env AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_QUIET=1 AFL_NO_AFFINITY=1 \
	    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
	    ${lines:+AFL_CUSTOM_MUTATOR_LIBRARY="$lines"} \
	    nice -n 19 afl-fuzz -V "$seconds" -t 2000+ -i "tests/corpus/$1" \
	    -o "build/afl/out-$1" $(words "$1" "-x ") "build/afl/$1" \
	    >"$out/$1.log" 2>&1 || status=$?
	if [ $status -ne 0 ]; then
		tail -n 40 "$out/$1.log"
		return 1
	fi
	cp "build/afl/out-$1"/default/queue/id* "$out/found-$1"
	runs=$(sed -n 's/^execs_done *: *//p' \
	    "build/afl/out-$1/default/fuzzer_stats")
	for bad in "build/afl/out-$1"/default/crashes/id* \
	    "build/afl/out-$1"/default/hangs/id*; do
		if [ -e "$bad" ]; then
			echo "fails: $bad"
			status=1
		fi
	done
	return $status
}

# Shorter inputs first: what they reach, longer ones are not kept for.
merge()
{
	rm -rf "$out/least"
	mkdir "$out/least"
	"$out/$1" -merge=1 -rss_limit_mb=2048 -timeout=10 "$out/least" \
	    "tests/corpus/$1" "$out/found-$1" >"$out/$1.log" 2>&1
	for file in "$out/least"/*; do
		name=$(basename "$file" | cut -c 1-12)
		same "$1" "$file" || cp "$file" "tests/corpus/$1/$name"
	done
}

# The corpus has this very input, under whatever name.
same()
{
	for old in "tests/corpus/$1"/*; do
		if cmp -s "$old" "$2"; then
			return 0
		fi
	done
	return 1
}

# Sets $cpu: what all that has ended until now took.  No subshell has a part.
count()
{
	times >"$out/$target.times"
	cpu=$(awk -F '[ ms]' 'NR == 2 {
		printf "%d", $1 * 60 + $2 + $4 * 60 + $5
	}' "$out/$target.times")
}

for target; do
	mkdir -p "$out/found-$target"
	count
	began=$cpu
	runs=0
	echo "$engine: $target"
	$engine "$target"
	count
	echo "$(date -u +%FT%TZ) $engine $target: $runs runs," \
	    "$((cpu - began)) s" | tee -a "$out/log"
done

#!/bin/sh
# SPDX-License-Identifier: ISC
#
# lint.sh DIR: look for mistakes in all sources with every tool, several at a
# time and at a low priority; what TOOL finds goes to DIR/TOOL, which is empty
# when all is well.  (The manual is for docs.bats.)
#
#	gcc	its analyzer, and warnings; leaks are LeakSanitizer's, for gcc
#		12 sees some where a structure is filled
#	clang	its analyzer, with what scan-build asks of it; LINT_NODES is
#		how far it follows the paths of a function before it gives up
#	tidy	clang-tidy, but for the analyzer
#	cppcheck
#	tests	warnings of both compilers in what tests are made of
#	shell	shellcheck
#
# What was found clean is remembered in DEPS_DIR/lint, by a hash of all that
# counts: the source with its headers, the flags, the tool, this script.

set -eu
cd "$(dirname "$0")/../.."
memory=${DEPS_DIR:-.deps}/lint

# The compilers' flags, none with a blank in it.
flags=${LINT_FLAGS-$(eval "printf '%s ' $(make -s --no-print-directory lint-flags)")}
export LINT_FLAGS="$flags" LINT_NODES="${LINT_NODES:-50000}"

# shellcheck disable=SC2086 # a list of words
run()
{
	case $1 in
	gcc) gcc -O2 -fanalyzer -Wno-analyzer-malloc-leak -Werror $flags \
	    -c "$2" -o /dev/null ;;
	clang) clang --analyze --analyzer-output text \
	    -Xclang -analyzer-config -Xclang max-nodes=$LINT_NODES \
	    -Xclang -analyzer-werror $flags "$2" -o /dev/null ;;
	tidy) clang-tidy --quiet "--checks=-clang-analyzer-*" "$2" -- $flags ;;
	cppcheck) cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 \
	    --enable=warning,performance,portability -Isrc -D_GNU_SOURCE \
	    --include="/usr/include/$(gcc -print-multiarch)/sys/queue.h" \
	    "$2" ;;
	tests) gcc -O1 -Werror -Wno-cpp $flags -c "$2" -o /dev/null &&
	    clang -Werror "-Wno-#warnings" $flags -fsyntax-only "$2" ;;
	shell) shellcheck -S warning -e SC2034 "$2" ;;
	esac
}

# What counts for a file.
# shellcheck disable=SC2086
essence()
{
	cat tests/analysis/lint.sh "$out/versions" .clang-tidy
	echo "$1 $flags $LINT_NODES"
	case $1 in
	*.c) gcc -E -C $flags "$1" ;;
	*) cat "$1" ;;
	esac
}

# lint.sh -1 DIR FILE TOOL,...: one file, from below.
if [ "$1" = -1 ]; then
	out=$2
	hash=$(essence "$3" | sha256sum | cut -c 1-40)
	for tool in $(echo "$4" | tr , ' '); do
		[ ! -e "$memory/$tool-$hash" ] || continue
		if run "$tool" "$3" >"$out/$tool.$hash" 2>&1; then
			: >"$memory/$tool-$hash"
		else
			# It may have failed without a word.
			echo "$3: $tool" | cat - "$out/$tool.$hash" >>"$out/$tool"
		fi
	done
	exit 0
fi

out=$1
mkdir -p "$memory" "$out"
# Forget what has been of no use for long.
find "$memory" -type f -mtime +60 -delete
for tool in gcc clang clang-tidy cppcheck shellcheck; do
	$tool --version
done >"$out/versions"
for tool in gcc clang tidy cppcheck tests shell; do
	: >"$out/$tool"
done

# Largest first: no long one is left for the end.
{
	ls -S src/*.c src/*/*.c | sed 's/$/ gcc,clang,tidy,cppcheck/'
	ls tests/unit/*.c tests/fuzz/*.c tests/fuzz/*/*.c | sed 's/$/ tests/'
	ls .ci/run conf/*/*.sh conf/deb/p* conf/alpine/*.pre-install src/*.sh src/*/*.sh tests/*.sh \
	    tests/*/*.sh tests/*.bats | sed 's/$/ shell/'
} >"$out/list"
nice -n 5 xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 \
    tests/analysis/lint.sh -1 "$out" <"$out/list"

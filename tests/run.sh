#!/bin/sh
# SPDX-License-Identifier: ISC
#
# run.sh [FILE.bats ...]: run the test files, all of tests/ by default, several
# at a time, and end with the line "N passed, N failed".  What a failing test
# said is printed when its file is done; build/test keeps the whole output.
# A file that breaks off or outlasts its time fails with all its missing tests.
# It runs as root, through sudo if need be: mail servers, several users and
# namespaces call for that.

set -eu
cd "$(dirname "$0")/.."
: "${DEPS_DIR:=.deps}"

# Homes are closed to the root of another user namespace: there, the tree is
# seen from somewhere else.  Whoever has built it can remove it afterwards.
if [ "$(id -u)" -ne 0 ] && sudo -n true; then
	place=$(mktemp -d) status=0
	# shellcheck disable=SC2016 # for the inner shell
	sudo -n env DEPS_DIR="$DEPS_DIR" JOBS="${JOBS:-}" unshare -m \
	    sh -euc 'mount --bind . "$0"
		cd "$0"
		exec tests/run.sh "$@"' "$place" "$@" || status=$?
	for made in build "$DEPS_DIR/lint"; do
		[ ! -d "$made" ] ||
		    sudo -n chown -R "$(id -u):$(id -g)" "$made"
	done
	rmdir "$place"
	exit "$status"
fi

out=$PWD/build/test
jobs=${JOBS:-$(($(getconf _NPROCESSORS_ONLN) * 3))}
DEPS_DIR=$(cd "$DEPS_DIR" && pwd)
export out DEPS_DIR

[ $# -gt 0 ] || set -- tests/*.bats
if [ ! -e "$1" ]; then
	echo "0 passed, 0 failed"
	exit 1
fi
rm -rf "$out"
mkdir -p "$out"

# Longest first, by size for want of better knowledge; but these two are short
# to read and long to run.
# shellcheck disable=SC2011,SC2012,SC2016 # our own file names; for the inner shell
ls -S "$@" | awk '/(lint|valgrind)\.bats$/ { print; next } { rest = rest $0 "\n" }
    END { printf "%s", rest }' | xargs -P "$jobs" -n 1 sh -c '
	tap=$out/$(basename "$1" .bats).tap
	timeout -k 10 900 bats --tap "$1" </dev/null >"$tap" 2>&1 || :
	echo "# end" >>"$tap"
	awk -v file="$1" "
	/^not ok / { bad = 1 }
	/^ok / { bad = 0 }
	/^(not )?ok / { seen++ }
	/^1\.\.[0-9]+$/ { plan = substr(\$0, 4) }
	bad { print file \": \" \$0 }
	END {
		if (plan == \"\" || seen < plan)
			print file \": \" seen + 0 \" tests of \" \
			    (plan == \"\" ? \"?\" : plan) \" ended\"
	}" "$tap"
' run-one || :

awk '
FNR == 1 { finish(); plan = 1; seen = 0; files++ }
/^1\.\.[0-9]+$/ { plan = substr($0, 4) }
/^ok .* # skip/ { skipped++; seen++; next }
/^ok / { passed++; seen++ }
/^not ok / { failed++; seen++ }
function finish() {
	if (files && plan > seen)
		failed += plan - seen
}
END {
	finish()
	if (skipped)
		print skipped " skipped"
	print passed + 0 " passed, " failed + 0 " failed"
	exit !(passed && !failed)
}' "$out"/*.tap

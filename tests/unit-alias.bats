#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What aliases(5) means here.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit 1
	ALIAS=${BUILD:-build}/asan/unit/alias
	OUT=$BATS_TEST_TMPDIR/out
}

@test "files of aliases are read as the table says" {
	"$ALIAS" <tests/golden/alias.in >"$OUT"
	diff -u tests/golden/alias.ref "$OUT"
}

@test "aliases within aliases: fifty are gone through, not more" {
	{
		for i in {1..50}; do
			echo "a$i: a$((i + 1))"
		done
		echo 'a51: kit@example.org'
		echo '?a1'
		echo '?a2'
	} | "$ALIAS" >"$OUT"
	grep -qx '  a1: \[65 aliases:50: a50: more than 50 aliases within each other\]' "$OUT"
	grep -qx '  a2: <kit@example.org>' "$OUT"
	grep -q ' 51 aliases, .* 1 problems' "$OUT"
}

@test "a hundred thousand aliases take seconds, whatever they lead to" {
	awk 'BEGIN {
		for (i = 0; i < 100000; i++)
			printf "a%d: a%d, a%d\n", i, (i * 7 + 1) % 100000, (i * 31 + 5) % 100000
		print "all: a0, a1, ok@example.org"
		print "?all"
	}' >"$BATS_TEST_TMPDIR/in"
	timeout 30 "$ALIAS" <"$BATS_TEST_TMPDIR/in" >"$OUT"
	grep -q '  all:.* <ok@example.org> ' "$OUT"
}

@test "a hundred thousand recipients of one alias take seconds" {
	awk 'BEGIN {
		printf "all: x@example.org"
		for (i = 0; i < 100000; i++)
			printf ",\n a%d@b", i
		print "\n?all"
	}' >"$BATS_TEST_TMPDIR/in"
	timeout 30 "$ALIAS" <"$BATS_TEST_TMPDIR/in" >"$OUT"
	[[ $(grep -o '<a[0-9]*@b>' "$OUT" | wc -l) == 100000 ]]
}

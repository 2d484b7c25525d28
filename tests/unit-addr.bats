#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What is an address and what is none: the grammar, and its price.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit 1
	ADDR=${BUILD:-build}/asan/unit/addr
}

# A list of a MiB: the first argument, then the second over and over.
hostile() {
	{
		printf 'list %s' "$1"
		yes "$2" | tr -d '\n' | head -c 1048576
		echo
	} >"$BATS_TEST_TMPDIR/list"
	timeout 30 "$ADDR" <"$BATS_TEST_TMPDIR/list" >"$BATS_TEST_TMPDIR/out"
	tail -n 1 "$BATS_TEST_TMPDIR/out" | grep -qx '    end'
}

@test "addresses are read as the table says" {
	"$ADDR" <tests/golden/addr.in >"$BATS_TEST_TMPDIR/out"
	diff -u tests/golden/addr.ref "$BATS_TEST_TMPDIR/out"
}

@test "a hostile list is read in linear time: comments" {
	hostile '' '('
	hostile '' '()'
	hostile '' '(),'
	hostile '' '(a'
	hostile '' 'a()'
}

@test "a hostile list is read in linear time: quotes and brackets" {
	hostile '' '"'
	hostile '' '""'
	hostile '' '"",'
	hostile '' '\\'
	hostile '"' '\\'
	hostile '' '<'
	hostile '' '<>'
	hostile '' '<,'
	hostile '' '@['
	hostile 'a@' '[]'
}

@test "a hostile list is read in linear time: separators" {
	hostile '' ','
	hostile '' 'a,'
	hostile '' '@,'
	hostile '' 'a:;'
	hostile '' ': '
	hostile "$(printf '%500000s' '')" ' : '
	hostile "$(printf '%500000s' '')" ', '
	hostile '<' '@a,'
	hostile '' 'a.'
	hostile 'a@' 'a.'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The keyword table, and the example configuration that must agree with it.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=${BUILD:-build}/asan/unit
EXAMPLE=conf/sendlet.conf

# The example with every setting in force.
in_force() {
	sed 's/^#\([a-z]\)/\1/' "$EXAMPLE"
}

@test "keywords: the table is in order, and complete in every row" {
	"$UNIT/keywords" >"$BATS_TEST_TMPDIR/table"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/table")" -ge 23 ]
	cut -f1 "$BATS_TEST_TMPDIR/table" | LC_ALL=C sort -cu
	run grep -vP '^[a-z][a-z-]*\t[^\t]+\t(relay|global)\t[^\t]{8,60}$' "$BATS_TEST_TMPDIR/table"
	[ "$status" -eq 1 ]
}

@test "keywords: a misspelt one is recognized, a strange one is not" {
	"$UNIT/keywords" relai RELAI pasword tls_pin usr timeout-conect timeout-gretting \
	    x relayhost passwordeval "$(printf '%0100d' 0)" | cut -f2 | diff -u - <(printf '%s\n' \
	    relay relay password tls-pin user timeout-connect timeout-greeting - - - -)
}

@test "keywords: the example sets nothing" {
	local copy=$BATS_TEST_TMPDIR/sendlet.conf
	# Only root's own is believed.
	(umask 022 && cat "$EXAMPLE" >"$copy")
	run "$UNIT/conf" -f "$copy"
	[ "$status" -eq 78 ]
	[ "$output" = "78 no relay configured: add \"relay HOST\" to $copy or set SENDLET_RELAY" ]
}

@test "keywords: the example shows each one, with its default" {
	local name default
	while IFS=$'\t' read -r name default _; do
		[ "$(grep -c "^#$name " "$EXAMPLE")" -eq 1 ]
		[ "$default" = - ] || grep -qx "#$name $default" "$EXAMPLE"
	done < <("$UNIT/keywords")
}

@test "keywords: what the example shows is valid" {
	(umask 077; in_force >"$BATS_TEST_TMPDIR/conf")
	run "$UNIT/conf" -f "$BATS_TEST_TMPDIR/conf"
	[ "$status" -eq 0 ]
	[[ $output == *"relay smtp.example.com: {smtp.example.com} port 587, TLS starttls"* ]]
}

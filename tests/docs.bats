#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# README and manual pages say what the program does: the same options, the same
# keywords with the same defaults, examples that work.

load lib/common

KEYWORDS=${BUILD:-$ROOT/build}/asan/unit/keywords
README=$ROOT/README.md
PAGE=$ROOT/man/sendlet.8
CONF_PAGE=$ROOT/man/sendlet.conf.5
cd "$ROOT" || exit 1

# The keywords of sendlet.conf(5): name, default as the table has it, place.
documented_keywords() {
	awk '
	function out() {
		if (name != "")
			printf "%s\t%s\t%s\n", name, standard, place
		name = ""
	}
	/^\.Sh / { out() }
	/^\.It Ic / { out(); name = $3; standard = "?"; place = "global" }
	/^\.Pq relay$/ { place = "relay" }
	/^Default: [^ ]+\.$/ { standard = substr($2, 1, length($2) - 1) }
	/^Default: .* / { standard = "-" }
	standard == "none" { standard = "-" }
	' "$CONF_PAGE"
}

# The example lines of sendlet.conf(5).
examples() {
	sed -n 's/^\.Dl //p' "$CONF_PAGE"
}

# An accepted configuration: the message's envelope is printed.
assert_parses() {
	chmod 600 "$CONF"
	sed -i "s,file:/etc/sendlet.password,file:$BATS_TEST_TMPDIR/secret," "$CONF"
	(umask 077 && echo secret >"$BATS_TEST_TMPDIR/secret")
	sed -i "s,/usr/local/bin/get-token,/usr/bin/printf," "$CONF"
	sed -i "s,/etc/sendlet.dkim,$BATS_TEST_TMPDIR/key," "$CONF"
	(umask 077 && head -c 32 /dev/zero | base64 >"$BATS_TEST_TMPDIR/key")
	send --dry-run -t < <(message)
	[[ $status == 0 ]] || fail "exit $status"
	grep -qx 'to <pat@example.net>' "$OUT"
}

@test "docs: the manual pages are clean" {
	run mandoc -T lint -W warning man/*
	[[ $status == 0 && -z $output ]] || fail "$output"
}

@test "docs: every keyword, with its default and its place" {
	"$KEYWORDS" | cut -f 1-3 >"$BATS_TEST_TMPDIR/table"
	[[ -s $BATS_TEST_TMPDIR/table ]]
	# "relay" opens a block: it stands in no other place.
	sed -i 's/^\(relay\t-\t\)relay$/\1global/' "$BATS_TEST_TMPDIR/table"
	documented_keywords | diff -u "$BATS_TEST_TMPDIR/table" -
}

@test "docs: keywords are in alphabetical order" {
	documented_keywords | cut -f 1 >"$BATS_TEST_TMPDIR/keywords"
	LC_ALL=C sort -c "$BATS_TEST_TMPDIR/keywords"
}

@test "docs: each keyword has one example, of itself" {
	diff -u <(documented_keywords | cut -f 1) <(examples | cut -d ' ' -f 1)
}

@test "docs: the examples of all keywords work together" {
	while read -r name _ place; do
		[[ $place == global && $name != relay ]] || continue
		examples | grep "^$name "
	done < <(documented_keywords) >"$CONF"
	examples | grep '^relay ' >>"$CONF"
	while read -r name _ place; do
		[[ $place == relay ]] || continue
		examples | grep "^$name "
	done < <(documented_keywords) >>"$CONF"
	[[ $(wc -l <"$CONF") == $(examples | wc -l) ]]
	assert_parses
}

# blocks FILE: writes the literal blocks of a page to block.1, block.2 ...
blocks() {
	awk -v base="$BATS_TEST_TMPDIR/block." '
	/^\.Ed$/ { inside = 0 }
	inside { print >(base n) }
	/^\.Bd -literal -offset indent$/ { inside = 1; n++ }
	' "$1"
}

@test "docs: the configurations in sendlet.conf(5) work" {
	local n=0
	blocks "$CONF_PAGE"
	for block in "$BATS_TEST_TMPDIR"/block.*; do
		ENV=()
		if grep -q ^SENDLET_ "$block"; then
			: >"$CONF"
			mapfile -t ENV <"$block"
			ENV=("${ENV[@]/file:*/literal}")
		else
			cp "$block" "$CONF"
		fi
		assert_parses
		n=$((n + 1))
	done
	((n == 15)) || fail "$n configurations"
}

@test "docs: every option, with or without a value" {
	"$SENDLET" --help | awk '
	/^  -/ {
		sub(/^  -/, "")
		option = /^-/ ? $1 : substr($0, 1, 1)
		rest = substr($0, length(option) + 1)
		print option, rest ~ /^\[/ ? "glued" : rest ~ /^ [a-z]/ ? "value" : "none"
	}' | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/table"
	(($(wc -l <"$BATS_TEST_TMPDIR/table") > 30))
	sed -e :a -e '/\\$/N; s/\\\n//; ta' "$PAGE" | awk '
	function kind(next_word) {
		if (next_word == "Ns")
			return "glued"
		return next_word == "" || next_word == "," ? "none" : "value"
	}
	$1 == ".It" && $2 == "Fl" {
		for (i = 2; i < NF; i++)
			if ($i == "Fl" && $(i + 1) != "-")
				print $(i + 1), kind($(i + 2))
	}' | LC_ALL=C sort -u | diff -u "$BATS_TEST_TMPDIR/table" -
}

@test "docs: README is no longer than 150 lines" {
	(($(wc -l <"$README") <= 150))
}

@test "docs: the configuration in README works" {
	sed -n '/^    relay /,/^$/s/^    //p' "$README" >"$CONF"
	[[ $(wc -l <"$CONF") == 5 ]]
	assert_parses
}

@test "docs: the relays in README work" {
	local n=0
	while read -r relay; do
		echo "relay $relay" >"$CONF"
		assert_parses
		n=$((n + 1))
	done < <(sed -n 's/^| [^|]* | `\([^`]*\)`.*/\1/p' "$README" | grep -v '^relay$')
	((n == 13)) || fail "$n relays"
}

@test "docs: README and sendlet(8) agree on the exit status" {
	awk -F ' *[|] *' '$2 ~ /^[0-9, ]+$/ { print $2 }' "$README" >"$BATS_TEST_TMPDIR/readme"
	(($(wc -l <"$BATS_TEST_TMPDIR/readme") > 8))
	sed -n 's/^\.It \([0-9][0-9 ,]*\)$/\1/p' "$PAGE" | sed 's/ ,/,/g' | diff -u "$BATS_TEST_TMPDIR/readme" -
}

@test "docs: what README tells make to do, it does" {
	local n=0
	while read -r _ target _; do
		grep -q "^$target:" Makefile || fail "make $target"
		n=$((n + 1))
	done < <(grep '^    make [a-z]' "$README")
	((n == 4)) || fail "$n targets"
}

@test "docs: the messages in README and sendlet(8) can be sent" {
	conf <<-END
		relay maildir:$BATS_TEST_TMPDIR/mail
		root ops@example.com
	END
	printf 'Subject: test\n\nHello\n' | sendlet --dry-run root | grep -qx 'to <ops@example.com>'
	printf 'Subject: test\n\nHello\n' | sendlet -v root
	[[ $(find "$BATS_TEST_TMPDIR/mail/new" -type f | wc -l) == 1 ]]
}

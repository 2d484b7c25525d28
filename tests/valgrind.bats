#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What sanitizers do not see, above all variables that nobody has set: the unit
# drivers' own tests under valgrind.

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	PLAIN=$PWD/build/plain
	export BUILD=$BATS_FILE_TMPDIR/build
	mkdir -p "$BUILD/asan/unit"
	for driver in "$PLAIN"/unit/*; do
		cat >"$BUILD/asan/${driver#"$PLAIN"/}" <<-END
			#!/bin/sh
			exec valgrind -q --error-exitcode=99 --leak-check=full \\
			    --errors-for-leak-kinds=definite --trace-children=no \\
			    --soname-synonyms=somalloc=NONE "$driver" "\$@"
		END
	done
	chmod +x "$BUILD"/asan/unit/*
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
}

# planted NAME: valgrind finds what is wrong with this driver.
planted() {
	run "$BUILD/asan/unit/planted" "$1"
	echo "$output"
	[[ $status -eq 99 ]]
}

@test "valgrind: finds what is planted" {
	planted unset
	planted beyond
	planted freed
	planted leak
	"$BUILD/asan/unit/planted" fine
}

@test "valgrind: golden tables" {
	count=0
	for table in tests/golden/*.in; do
		name=$(basename "$table" .in)
		[[ -x $BUILD/asan/unit/$name ]] || continue
		options=()
		[[ $name != conf ]] || options=(-t)
		"$BUILD/asan/unit/$name" "${options[@]}" <"$table" | diff -u "tests/golden/$name.ref" -
		count=$((count + 1))
	done
	[[ $count -ge 14 ]]
}

@test "valgrind: streams" {
	for case in lines long-lines endless-line end-of-file silent trickling unread duplex flooded order \
		buffered hung-up injected file file-unable file-unread file-hung-up; do
		"$BUILD/asan/unit/stream" "$case"
	done
}

@test "valgrind: keywords, names, URLs, replies, header fields, secrets" {
	timeout 300 bats tests/unit-{keywords,net,reply,url,header,glob}.bats
	"$BUILD/asan/unit/secret" -c 'a literal one'
	echo one | "$BUILD/asan/unit/json"
}

@test "valgrind: TLS" {
	timeout 300 bats -f 'verified, by|1.2 by every|lines there and back|several of one|chain|addresses' tests/unit-tls.bats
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Every parser walks the inputs that were collected for it, with sanitizers.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	REPLAY=${BUILD:-build}/asan/replay
}

@test "fuzz: every target has a corpus, every corpus a target" {
	diff <(basename -s .c tests/fuzz/*.c | grep -vx replay) <(ls tests/corpus)
}

walk() {
	local inputs
	inputs=$(find "tests/corpus/$1" -type f | wc -l)
	[[ $inputs -gt 0 ]]
	run timeout 120 "$REPLAY/$1" "tests/corpus/$1"
	echo "$output"
	[[ $status -eq 0 ]]
	[[ $output == *"$inputs"* ]]
}

@test "fuzz: addr" { walk addr; }
@test "fuzz: backoff" { walk backoff; }
@test "fuzz: certs" { walk certs; }
@test "fuzz: conf" { walk conf; }
@test "fuzz: dns" { walk dns; }
@test "fuzz: downgrade" { walk downgrade; }
@test "fuzz: envelope" { walk envelope; }
@test "fuzz: message" { walk message; }
@test "fuzz: reply" { walk reply; }
@test "fuzz: sasl" { walk sasl; }
@test "fuzz: url" { walk url; }
@test "fuzz: server" { walk server; }
@test "fuzz: spool" { walk spool; }
@test "fuzz: session" { walk session; }
@test "fuzz: dkim" { walk dkim; }
@test "fuzz: signer" { walk signer; }

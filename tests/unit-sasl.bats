#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# SASL against its tables: the exchanges printed in the RFCs, and servers that
# are not to be trusted.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=${BUILD:-build}/asan/unit

golden() {
	"$UNIT/$1" <"tests/golden/$1.in" | diff -u "tests/golden/$1.ref" -
}

@test "sasl: exchanges of every mechanism, and the choice among them" {
	golden sasl
}

@test "sasl: HMAC and PBKDF2" {
	golden hmac
}

@test "sasl: preparation of names and passwords" {
	golden saslprep
}

@test "sasl: every exchange has a nonce of its own" {
	printf '%s\n' 'offer SCRAM-SHA-256' 'user kit' 'secret x' go >"$BATS_TEST_TMPDIR/in"
	for _ in 1 2 3 4 5; do
		"$UNIT/sasl" <"$BATS_TEST_TMPDIR/in" | sed -n 's/^C: n,,n=kit,r=//p'
	done >"$BATS_TEST_TMPDIR/out"
	[ "$(sort -u "$BATS_TEST_TMPDIR/out" | grep -cxE '[A-Za-z0-9+/]{24}')" -eq 5 ]
}

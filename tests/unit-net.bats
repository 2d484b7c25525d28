#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Finding CA certificates, comparing names.

load lib/common
UNIT=${BUILD:-$ROOT/build}/asan/unit

setup_file() {
	certificate ca one.pem "One CA"
	certificate ca two.pem "Two CA"
	certificate ca same.pem "One CA"
	cat "$BATS_FILE_TMPDIR"/{one,two,same}.pem >"$BATS_FILE_TMPDIR/bundle.pem"
}

certs() {
	run "$UNIT/certs" "$1"
	echo "$output"
}

@test "certs: each of the system's is found by its subject" {
	local n
	n=$(grep -c 'BEGIN CERTIFICATE' /etc/ssl/certs/ca-certificates.crt)
	certs /etc/ssl/certs/ca-certificates.crt
	assert_equal "${lines[-1]}" "$n certificates, $n found, 0 strange"
}

@test "certs: several of one name" {
	certs "$BATS_FILE_TMPDIR/bundle.pem"
	assert_equal "${lines[-1]}" "3 certificates, 3 found, 0 strange"
}

@test "certs: CRLF, text in between, no final line end, a broken one" {
	local file=$BATS_TEST_TMPDIR/odd.pem
	{
		echo "# -- what follows --"
		sed 's/$/\r/' "$BATS_FILE_TMPDIR/one.pem"
		printf '%s\n' '-----BEGIN CERTIFICATE-----' 'MIIB!!!' '-----END CERTIFICATE-----'
		openssl x509 -in "$BATS_FILE_TMPDIR/two.pem" -text
		printf '%s' "$(cat "$BATS_FILE_TMPDIR/same.pem")"
	} >"$file"
	certs "$file"
	assert_equal "${lines[-1]}" "3 certificates, 3 found, 0 strange"
}

@test "certs: files that are none" {
	certs "$BATS_TEST_TMPDIR"
	assert_equal "$output" "78 $BATS_TEST_TMPDIR: not a file, or empty"
	: >"$BATS_TEST_TMPDIR/empty"
	certs "$BATS_TEST_TMPDIR/empty"
	assert_equal "$output" "78 $BATS_TEST_TMPDIR/empty: not a file, or empty"
	certs "$BATS_FILE_TMPDIR/one.pem.key"
	assert_equal "$output" "78 $BATS_FILE_TMPDIR/one.pem.key: no certificate in PEM form"
	certs "$BATS_TEST_TMPDIR/none"
	assert_equal "$output" "78 $BATS_TEST_TMPDIR/none: No such file or directory"
}

@test "name: which names cover which hosts" {
	"$UNIT/name" <"$ROOT/tests/golden/name.in" | diff -u "$ROOT/tests/golden/name.ref" -
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Finding CA certificates, comparing names, connecting.

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

dial() {
	run "${PYTHON[@]}" "$ROOT/tests/lib/lonely.py" "$UNIT/dial" "$1" 25 3000
	echo "$output"
}

# assert_dialled TEXT LEAST MOST: the text and the tenths of a second it took.
assert_dialled() {
	assert_equal "${lines[0]}" "$1"
	((lines[1] >= $2 && lines[1] <= $3)) || fail "took ${lines[1]}"
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

@test "dial: the address that answers is taken" {
	dial good.test
	assert_dialled 127.0.0.9 0 5
	dial 127.0.0.9
	assert_dialled 127.0.0.9 0 5
}

@test "dial: an address that swallows packets leaves time for the next" {
	dial slow.test
	assert_dialled 127.0.0.9 15 25
}

@test "dial: the deadline holds" {
	dial hung.test
	assert_dialled '69 hung.test[127.0.0.2]:25: connection timed out' 30 35
}

@test "dial: every address that refuses is named" {
	dial refused.test
	assert_equal "${lines[0]}" '69 refused.test[127.0.0.5]:25: connection refused; [127.0.0.6]:25: connection refused'
}

@test "dial: what is wrong with a name" {
	dial nowhere.test
	assert_equal "${lines[0]}" '69 nowhere.test: no such host'
	dial empty.test
	assert_equal "${lines[0]}" '69 empty.test: the name has no address'
	dial silent.test
	assert_equal "${lines[0]}" '69 silent.test: name server does not answer'
}

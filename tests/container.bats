#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The binary alone: in a root that holds nothing else, read-only, as a user
# nobody has heard of.  What a container made FROM scratch has, it has not.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/net
load lib/empty

eval "net_$(declare -f setup_file)"

setup_file() {
	net_setup_file
	certificate ca ca.pem
	certificate ca again.pem # another key, the same name
	certificate ca other.pem "Another CA"
	certificate cert relay.pem DNS:ok.test,IP:127.0.0.9 ca.pem
	certificate cert alien.pem DNS:ok.test,IP:127.0.0.9 other.pem
	cat /etc/ssl/certs/ca-certificates.crt "$BATS_FILE_TMPDIR/ca.pem" "$BATS_FILE_TMPDIR/again.pem" \
		>"$BATS_FILE_TMPDIR/bundle.pem"
	make_ca_build "$BATS_FILE_TMPDIR/bundle.pem"
}

setup() {
	make_empty
	cp "$CA_BUILD" "$EMPTY/"
	ENV+=(SENDLET_RELAY=submission://127.0.0.9 SENDLET_LOG=stderr)
}

relay() {
	sink 127.0.0.9 587 --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" "$@"
}

# Everything went well; the log tells so.
assert_delivered() {
	assert_exit 0
	[[ ! -s $OUT ]]
	assert_equal "$(wc -l <"$ERR")" 2
	assert_stderr_line 'sendlet: from=.*uid=4711'
	assert_stderr_line 'sendlet: to=<pat@example\.net>.*status=sent.*'
	assert_received 1
	assert_wire_clean
	assert_equal "$(envelope tls)" TLSv1.3
}

@test "container: verified TLS with the CA certificates inside the program" {
	relay
	contained -t < <(message)
	assert_delivered
}

@test "container: a CA that is not among them is not trusted" {
	sink 127.0.0.9 587 --tls starttls --cert "$BATS_FILE_TMPDIR/alien.pem"
	contained -t < <(message)
	assert_exit 69
	assert_received 0
	assert_stderr_line 'sendlet: .*issued by an unknown authority \(CN=Another CA\).*'
}

@test "container: ca-file comes before them" {
	relay
	cp "$BATS_FILE_TMPDIR/other.pem" "$EMPTY/ca.pem"
	ENV+=(SENDLET_CA_FILE=/ca.pem)
	contained -t < <(message)
	assert_exit 69
	assert_stderr_line 'sendlet: .*issued by an unknown authority \(CN=Test CA\).*'
	ENV+=(SENDLET_CA_FILE=/none.pem)
	contained -t < <(message)
	assert_exit 78
	assert_stderr_line 'sendlet: .*/none\.pem: No such file or directory.*'
}

@test "container: so does the bundle of the system" {
	relay
	mkdir -p "$EMPTY/etc/ssl/certs"
	cp "$BATS_FILE_TMPDIR/other.pem" "$EMPTY/etc/ssl/certs/ca-certificates.crt"
	contained -t < <(message)
	assert_exit 69
	assert_stderr_line 'sendlet: .*issued by an unknown authority \(CN=Test CA\).*'
}

@test "container: built without them, it says what is missing" {
	relay
	cp "$SENDLET" "$EMPTY/sendlet"
	contained -t < <(message)
	assert_exit 78
	assert_stderr_line 'sendlet: .*no CA certificates: install ca-certificates or set ca-file.*'
}

@test "container: a password from a secret that every user may read" {
	relay --require-auth --auth PLAIN --user alerts --password 's3cret word'
	mkdir -p "$EMPTY/run/secrets"
	echo 's3cret word' >"$EMPTY/run/secrets/smtp"
	chmod 444 "$EMPTY/run/secrets/smtp"
	ENV+=(SENDLET_USER=alerts SENDLET_PASSWORD=file:/run/secrets/smtp)
	contained -t < <(message)
	assert_delivered
	refute_stderr s3cret
}

@test "container: a secret behind links, as Kubernetes mounts it" {
	relay --require-auth --auth PLAIN --user alerts --password s3cret
	mkdir -p "$EMPTY/run/secrets/..2026_11_22"
	echo -n s3cret >"$EMPTY/run/secrets/..2026_11_22/smtp"
	ln -s ..2026_11_22 "$EMPTY/run/secrets/..data"
	ln -s ..data/smtp "$EMPTY/run/secrets/smtp"
	ENV+=(SENDLET_USER=alerts SENDLET_PASSWORD=file:/run/secrets/smtp)
	contained -t < <(message)
	assert_delivered
}

@test "container: a password from the environment" {
	relay --require-auth --auth PLAIN --user alerts --password s3cret
	ENV+=(SENDLET_USER=alerts SENDLET_PASSWORD=env:SMTP_PASSWORD SMTP_PASSWORD=s3cret)
	contained -t < <(message)
	assert_delivered
}

@test "container: without resolv.conf the name server is 127.0.0.1" {
	begin nameserver dnsd.py 127.0.0.1 "$BATS_TEST_TMPDIR/questions"
	relay
	ENV+=(SENDLET_RELAY=submission://ok.test)
	contained -t < <(message)
	assert_delivered
}

@test "container: a sender and a root are all an unknown user needs" {
	relay
	ENV+=(SENDLET_FROM=alerts@example.com SENDLET_ROOT=ops@example.com SENDLET_HOSTNAME=web.example.com)
	contained root <<<$'Subject: disk\n\nfull'
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope sender)" alerts@example.com
	assert_equal "$(envelope recipients)" ops@example.com
}

@test "container: a message larger than memory is meant for, and no place for files" {
	relay
	contained -t < <(message && head -c 12000000 /dev/zero | tr '\0' x | fold -w 76)
	assert_delivered
	(($(stat -c %s "$(arrived)") > 12000000))
}

@test "container: what cannot be sent has nowhere to wait: the caller knows" {
	relay --on 'DATA=451 4.3.0 later'
	contained -t < <(message)
	assert_exit 69
	assert_stderr_line 'sendlet: .*451 4\.3\.0 later.*'
	assert_stderr_line '.*to=<pat@example\.net>.*status=deferred.*'
}

@test "container: with the sandbox" {
	relay
	ENV+=(SENDLET_SANDBOX=required)
	contained -t < <(message && head -c 12000000 /dev/zero | tr '\0' x | fold -w 76)
	assert_delivered
}

# -- the tables ---------------------------------------------------------------

@test "roots: every certificate of Debian is found by its subject" {
	output=$("${BUILD:-$ROOT/build}/asan/unit/certs" -b /etc/ssl/certs/ca-certificates.crt 2>/dev/null)
	n=$(grep -c BEGIN /etc/ssl/certs/ca-certificates.crt)
	assert_equal "$output" "$n certificates, $n found, 0 strange"
}

@test "roots: they are there when asked for, and not from an earlier time" {
	local bin=$BATS_TEST_TMPDIR/sendlet
	make_with() {
		make -s -C "$ROOT" BIN="$bin" "$@" && "$bin" --version | grep -c 'CA certificates$' || :
	}
	assert_equal "$(make_with CA_BUNDLE="$BATS_FILE_TMPDIR/ca.pem" | tail -n 1)" 1
	"$bin" --version | grep -qx '1 CA certificates'
	assert_equal "$(make_with CA_BUNDLE="$BATS_FILE_TMPDIR/bundle.pem" | tail -n 1)" 1
	"$bin" --version | grep -qx "$(grep -c BEGIN "$BATS_FILE_TMPDIR/bundle.pem") CA certificates"
	assert_equal "$(make_with | tail -n 1)" 0
	cmp "$bin" "$ROOT/build/sendlet"
}

# roots TEXT EXPECTED...: what roots.sh says of a bundle
roots() {
	printf '%b' "$1" >"$BATS_TEST_TMPDIR/bundle.pem"
	run "$ROOT/src/deps/roots.sh" "$BATS_TEST_TMPDIR/bundle.pem"
}

refused() {
	[[ $status == 1 ]] || fail "exit $status"
	assert_equal "$output" "roots.sh: $BATS_TEST_TMPDIR/bundle.pem: $1"
}

@test "roots: a bundle that is none is refused" {
	local begin='-----BEGIN CERTIFICATE-----\n' end='-----END CERTIFICATE-----\n'
	roots 'nothing\n'
	refused 'no certificate in PEM form'
	roots "${begin}MAAA"
	refused 'cut off'
	roots "${begin}MIIB\n$end"
	refused 'certificate 1: not complete'
	roots "${begin}MAAA\n$end"
	refused 'certificate 1: not complete'
	roots "${begin}MAMCAQE=\n$end"
	refused 'certificate 1: its outline is not that of a certificate'
	roots "${begin}M!!B\n$end"
	refused 'certificate 1: not base64'
	run "$ROOT/src/deps/roots.sh" "$BATS_TEST_TMPDIR/none"
	[[ $status != 0 ]]
}

@test "roots: CRLF line ends, text around, the same twice" {
	local file=$BATS_FILE_TMPDIR/ca.pem
	"$ROOT/src/deps/roots.sh" "$file" >"$BATS_TEST_TMPDIR/once"
	{ echo "# ours"; sed 's/$/\r/' "$file"; echo; cat "$file"; } >"$BATS_TEST_TMPDIR/twice.pem"
	"$ROOT/src/deps/roots.sh" "$BATS_TEST_TMPDIR/twice.pem" | cmp - "$BATS_TEST_TMPDIR/once"
}

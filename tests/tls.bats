#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# TLS: whom sendlet trusts, what it says when it does not, which versions.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

setup_file() {
	certificate ca ca.pem
	certificate ca other.pem "Another CA"
	certificate cert good.pem IP:127.0.0.1 ca.pem
	certificate cert rsa.pem IP:127.0.0.1 ca.pem rsa
}

# start NAME.pem [OPTION...]: a sink with STARTTLS and this certificate.
start() {
	local cert=$1
	shift
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/$cert" "$@"
}

# relay URL-SCHEME HOST [LINE...]
relay() {
	conf <<-END
		relay $1://$2:$PORT
		ca-file $BATS_FILE_TMPDIR/ca.pem
		$(printf '%s\n' "${@:3}")
	END
}

send_one() {
	send -f kit@example.org pat@example.net < <(message)
}

# Nothing arrived, and the reason given matches.
assert_distrusted() {
	assert_exit 69
	assert_received 0
	assert_stderr_line "$1"
}

pin_of() {
	"$ROOT/tests/certs/make.sh" pin "$BATS_FILE_TMPDIR/$1"
}

@test "tls: a certificate of the CA in ca-file is accepted" {
	start good.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_sent
	assert_equal "$(envelope tls)" TLSv1.3
}

@test "tls: an RSA certificate too" {
	start rsa.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_sent
}

@test "tls: submissions:// speaks TLS from the first octet" {
	start_sink --tls implicit --cert "$BATS_FILE_TMPDIR/good.pem"
	relay submissions 127.0.0.1
	send_one
	assert_sent
	assert_equal "$(envelope tls)" TLSv1.3
}

@test "tls: submission:// requires STARTTLS" {
	start_sink
	relay submission 127.0.0.1
	send_one
	assert_distrusted 'sendlet: .*STARTTLS.*'
	assert_wire_clean
}

@test "tls: smtp:// uses STARTTLS without asking who is there" {
	certificate self self.pem DNS:elsewhere.example.com
	start self.pem
	conf <<<"relay smtp://127.0.0.1:$PORT"
	send_one
	assert_sent
	assert_equal "$(envelope tls)" TLSv1.3
}

@test "tls: a name in the certificate is compared, and sent as SNI" {
	certificate cert name.pem DNS:LocalHost ca.pem
	start name.pem
	relay smtp+tls localhost
	send_one
	assert_sent
	assert_equal "$(envelope sni)" localhost
}

@test "tls: no SNI for an address" {
	start good.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_sent
	assert_equal "$(envelope sni)" None
}

@test "tls: a wrong name is refused; the message says whom the relay claims to be" {
	certificate cert wrong.pem DNS:elsewhere.example.com ca.pem
	start wrong.pem
	relay smtp+tls localhost
	send_one
	assert_distrusted 'sendlet: .*name.*'
}

@test "tls: a wrong address is refused" {
	certificate cert address.pem IP:127.0.0.2,DNS:localhost ca.pem
	start address.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_distrusted 'sendlet: .*name.*'
}

@test "tls: an address in a DNS name is no address" {
	certificate cert text.pem DNS:127.0.0.1 ca.pem
	start text.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_distrusted 'sendlet: .*name.*'
}

@test "tls: the common name does not count beside a SAN" {
	certificate cert common.pem DNS:elsewhere.example.com ca.pem cn=localhost
	start common.pem
	relay smtp+tls localhost
	send_one
	assert_distrusted 'sendlet: .*name.*'
}

@test "tls: a wildcard stands for one label" {
	HOSTS="127.0.0.1 mail.example.test a.mail.example.test example.test"
	certificate cert wild.pem 'DNS:*.example.test' ca.pem
	start wild.pem
	relay smtp+tls mail.example.test
	send_one
	assert_sent
	for name in example.test a.mail.example.test; do
		relay smtp+tls "$name"
		send_one
		assert_exit 69
		assert_stderr_line 'sendlet: .*name.*'
	done
	assert_received 1
}

@test "tls: a wildcard stands for a whole label" {
	HOSTS="127.0.0.1 mail.example.test"
	certificate cert part.pem 'DNS:ma*.example.test' ca.pem
	start part.pem
	relay smtp+tls mail.example.test
	send_one
	assert_distrusted 'sendlet: .*name.*'
}

@test "tls: an unknown CA is refused; pin and keyword are printed" {
	start good.pem
	relay smtp+tls 127.0.0.1
	sed -i 's/ca\.pem/other.pem/' "$CONF"
	send_one
	assert_distrusted "sendlet: .*tls-pin sha256:$(pin_of good.pem).*"
}

@test "tls: the pin that was printed is accepted in its place" {
	start good.pem
	conf <<<"relay smtp+tls://127.0.0.1:$PORT"
	send_one
	assert_exit 69
	pin=$(grep -oEi 'sha256:[0-9a-f]{64}' "$ERR" | head -1)
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		tls-pin $pin
	END
	send_one
	assert_sent
}

@test "tls: a pin is accepted in either case, with colons or without" {
	start good.pem
	for pin in "$(pin_of good.pem)" "$(pin_of good.pem | tr a-f A-F)" \
		"$(pin_of good.pem | tr a-f A-F | sed 's/../&:/g; s/:$//')"; do
		conf <<-END
			relay smtp+tls://127.0.0.1:$PORT
			tls-pin SHA256:$pin
		END
		send_one
		assert_exit 0
	done
	assert_received 3
}

@test "tls: a wrong pin is refused although the CA vouches" {
	start good.pem
	relay smtp+tls 127.0.0.1 "tls-pin SHA256:$(pin_of rsa.pem)"
	send_one
	assert_distrusted 'sendlet: .*pin.*'
}

@test "tls: a self-signed certificate is refused without a pin" {
	certificate self self.pem IP:127.0.0.1
	start self.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_distrusted 'sendlet: .*tls-pin.*'
}

@test "tls: an expired certificate is refused, and said to be" {
	certificate cert old.pem IP:127.0.0.1 ca.pem expired
	start old.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_distrusted 'sendlet: .*expired.*'
}

@test "tls: a certificate of the future is refused" {
	certificate cert future.pem IP:127.0.0.1 ca.pem future
	start future.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_distrusted 'sendlet: .*(not yet|future).*'
}

@test "tls: ca-file that is missing is an error of the configuration" {
	start good.pem
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		ca-file $BATS_TEST_TMPDIR/none.pem
	END
	send_one
	assert_exit 78
	assert_stderr_line 'sendlet: .*none\.pem.*'
	assert_received 0
}

@test "tls: 1.2 alone will do" {
	start good.pem --tls-max 1.2
	relay smtp+tls 127.0.0.1
	send_one
	assert_sent
	assert_equal "$(envelope tls)" TLSv1.2
}

@test "tls: 1.3 alone will do" {
	start good.pem --tls-min 1.3
	relay smtp+tls 127.0.0.1
	send_one
	assert_sent
}

@test "tls: 1.1 will not" {
	start good.pem --tls-min 1.1 --tls-max 1.1
	relay smtp+tls 127.0.0.1
	send_one
	assert_exit 69
	assert_received 0
	assert_stderr_line 'sendlet: .*TLS.*'
}

@test "tls: tls-min 1.3 refuses 1.2" {
	start good.pem --tls-max 1.2
	relay smtp+tls 127.0.0.1 'tls-min 1.3'
	send_one
	assert_exit 69
	assert_received 0
}

@test "tls: the connection ends with close_notify" {
	start good.pem
	relay smtp+tls 127.0.0.1
	send_one
	assert_sent
	eventually grep -q 'closed with close_notify' "$SINK/trace"
}

@test "tls: a relay that breaks off in the handshake" {
	start good.pem --on 'STARTTLS=close'
	relay smtp+tls 127.0.0.1
	send_one
	assert_exit 69
	assert_received 0
}

@test "tls: a relay that does not speak TLS where it should" {
	start_sink
	relay submissions 127.0.0.1 'timeout-greeting 2s' 'timeout-connect 2s' 'timeout-command 2s'
	send_one
	assert_exit 69
	assert_received 0
	assert_stderr_line 'sendlet: .*TLS.*'
}

@test "tls: a big message survives both record layers" {
	start good.pem
	relay smtp+tls 127.0.0.1
	message "$(seq 200000)" >"$BATS_TEST_TMPDIR/big"
	send -f kit@example.org pat@example.net <"$BATS_TEST_TMPDIR/big"
	assert_sent
	sed 's/$/\r/' "$BATS_TEST_TMPDIR/big" | cmp - "$(arrived)"
}

@test "tls: a client certificate is presented when it is configured" {
	certificate cert client.pem "" ca.pem cn=kit
	start good.pem --client-ca "$BATS_FILE_TMPDIR/ca.pem"
	relay smtp+tls 127.0.0.1 "tls-cert $BATS_FILE_TMPDIR/client.pem" \
		"tls-key $BATS_FILE_TMPDIR/client.pem.key"
	send_one
	assert_sent
	assert_equal "$(envelope peer)" kit
}

@test "tls: -v shows version and cipher" {
	start good.pem
	relay smtp+tls 127.0.0.1
	send -v -f kit@example.org pat@example.net < <(message)
	assert_exit 0
	grep -q 'TLSv1\.3' "$ERR"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet and Postfix 3 with Cyrus SASL, byte for byte.

load lib/common
load servers/e2e

SERVER=postfix

@test "postfix: STARTTLS, mechanism chosen" { delivers_exactly starttls; }
@test "postfix: STARTTLS, PLAIN" { delivers_exactly starttls PLAIN; }
@test "postfix: STARTTLS, LOGIN" { delivers_exactly starttls LOGIN; }
@test "postfix: STARTTLS, CRAM-MD5" { delivers_exactly starttls CRAM-MD5; }
@test "postfix: STARTTLS, SCRAM-SHA-1" { delivers_exactly starttls SCRAM-SHA-1; }
@test "postfix: STARTTLS, SCRAM-SHA-256" { delivers_exactly starttls SCRAM-SHA-256; }
@test "postfix: TLS, mechanism chosen" { delivers_exactly tls; }
@test "postfix: TLS, PLAIN" { delivers_exactly tls PLAIN; }
@test "postfix: TLS, LOGIN" { delivers_exactly tls LOGIN; }
@test "postfix: TLS, CRAM-MD5" { delivers_exactly tls CRAM-MD5; }
@test "postfix: TLS, SCRAM-SHA-1" { delivers_exactly tls SCRAM-SHA-1; }
@test "postfix: TLS, SCRAM-SHA-256" { delivers_exactly tls SCRAM-SHA-256; }
@test "postfix: clear text" { delivers_exactly plain; }
@test "postfix: STARTTLS without login" { delivers_exactly plain-tls; }
@test "postfix: CRLF input" { delivers_crlf_exactly starttls; }
@test "postfix: 10 MiB, STARTTLS" { delivers_large starttls; }
@test "postfix: 10 MiB, clear text" { delivers_large plain; }
@test "postfix: null sender" { delivers_to_null_sender tls; }
@test "postfix: empty body" { delivers_empty_body tls; }
@test "postfix: Bcc is removed" { removes_bcc tls; }
@test "postfix: one of three recipients refused" { reports_refused starttls; }
@test "postfix: one of two recipients deferred" { reports_deferred tls; }
@test "postfix: all recipients refused" { reports_all_refused plain; }
@test "postfix: wrong password, PLAIN" { refuses_wrong_password starttls PLAIN; }
@test "postfix: wrong password, CRAM-MD5" { refuses_wrong_password tls CRAM-MD5; }
@test "postfix: wrong password, SCRAM-SHA-256" { refuses_wrong_password tls SCRAM-SHA-256; }
@test "postfix: login and mail in one go, STARTTLS" { takes_login_with_mail starttls; }
@test "postfix: login and mail in one go, TLS" { takes_login_with_mail tls; }
@test "postfix: unknown CA, STARTTLS" { refuses_unknown_ca starttls; }
@test "postfix: unknown CA, TLS" { refuses_unknown_ca tls; }
@test "postfix: message above the size limit" { reports_too_large starttls; }
@test "postfix: two dozen at once" { delivers_many_at_once starttls; }

@test "postfix: a DKIM signature arrives whole" {
	(umask 077 && openssl genrsa -out "$BATS_TEST_TMPDIR/key" 2048 2>"$BATS_TEST_TMPDIR/log")
	printf 'big._domainkey.example.org v=DKIM1; p=%s\n' \
		"$(openssl pkey -in "$BATS_TEST_TMPDIR/key" -pubout -outform DER | base64 -w 0)" >"$BATS_TEST_TMPDIR/records"
	use starttls "dkim-sign example.org big $BATS_TEST_TMPDIR/key"
	send -i "$RCPT" < <(difficult_message)
	assert_exit 0
	server message "$RCPT" >"$MAIL"
	run /usr/bin/python3 -B "$ROOT/tests/lib/dkim_judge.py" "$BATS_TEST_TMPDIR/records" "$MAIL"
	assert_equal "${lines[0]}" 'example.org big rsa-sha256 pass'
}

@test "postfix: SMTPUTF8, addresses and header as they are" {
	local rcpt=jürgen-$RCPT
	use starttls
	send -f jörg@example.org -i "$rcpt" < <(printf '%s\n' 'From: Jörg <jörg@example.org>' \
		"To: Jürgen <$rcpt>" 'Subject: Grüße' '' 'schön')
	assert_exit 0
	server message "$rcpt" >"$MAIL"
	grep -qx 'From: Jörg <jörg@example.org>' "$MAIL"
	grep -qx 'Subject: Grüße' "$MAIL"
	grep -qx 'schön' "$MAIL"
}

@test "postfix: text alone is encoded, whatever is offered" {
	use tls
	send -f kit@example.org -i "$RCPT" < <(printf '%s\n' 'From: Jörg <kit@example.org>' \
		"To: $RCPT" 'Subject: Grüße' '' 'schön')
	assert_exit 0
	server message "$RCPT" >"$MAIL"
	grep -qx 'From: =?utf-8?B?SsO2cmc=?= <kit@example.org>' "$MAIL"
	grep -qx 'Subject: =?utf-8?B?R3LDvMOfZQ==?=' "$MAIL"
	grep -qx 'schön' "$MAIL"
}

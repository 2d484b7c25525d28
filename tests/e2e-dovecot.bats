#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet and Dovecot submission with its SASL, byte for byte.

load lib/common
load servers/e2e

SERVER=dovecot

@test "dovecot: STARTTLS, mechanism chosen" { delivers_exactly starttls; }
@test "dovecot: STARTTLS, PLAIN" { delivers_exactly starttls PLAIN; }
@test "dovecot: STARTTLS, LOGIN" { delivers_exactly starttls LOGIN; }
@test "dovecot: STARTTLS, CRAM-MD5" { delivers_exactly starttls CRAM-MD5; }
@test "dovecot: STARTTLS, SCRAM-SHA-1" { delivers_exactly starttls SCRAM-SHA-1; }
@test "dovecot: STARTTLS, SCRAM-SHA-256" { delivers_exactly starttls SCRAM-SHA-256; }
@test "dovecot: TLS, mechanism chosen" { delivers_exactly tls; }
@test "dovecot: TLS, PLAIN" { delivers_exactly tls PLAIN; }
@test "dovecot: TLS, LOGIN" { delivers_exactly tls LOGIN; }
@test "dovecot: TLS, CRAM-MD5" { delivers_exactly tls CRAM-MD5; }
@test "dovecot: TLS, SCRAM-SHA-1" { delivers_exactly tls SCRAM-SHA-1; }
@test "dovecot: TLS, SCRAM-SHA-256" { delivers_exactly tls SCRAM-SHA-256; }
@test "dovecot: CRLF input" { delivers_crlf_exactly starttls; }
@test "dovecot: 10 MiB, STARTTLS" { delivers_large starttls; }
@test "dovecot: null sender" { delivers_to_null_sender tls; }
@test "dovecot: empty body" { delivers_empty_body tls; }
@test "dovecot: Bcc is removed" { removes_bcc tls; }
@test "dovecot: one of three recipients refused" { reports_refused starttls; }
@test "dovecot: one of two recipients deferred" { reports_deferred tls; }
@test "dovecot: all recipients refused" { reports_all_refused tls; }
@test "dovecot: wrong password, PLAIN" { refuses_wrong_password starttls PLAIN; }
@test "dovecot: wrong password, CRAM-MD5" { refuses_wrong_password tls CRAM-MD5; }
@test "dovecot: wrong password, SCRAM-SHA-256" { refuses_wrong_password tls SCRAM-SHA-256; }
@test "dovecot: login and mail in one go, STARTTLS" { takes_login_with_mail starttls; }
@test "dovecot: login and mail in one go, TLS" { takes_login_with_mail tls; }
@test "dovecot: unknown CA, STARTTLS" { refuses_unknown_ca starttls; }
@test "dovecot: unknown CA, TLS" { refuses_unknown_ca tls; }
@test "dovecot: message above the size limit" { reports_too_large starttls; }
@test "dovecot: two dozen at once" { delivers_many_at_once starttls; }

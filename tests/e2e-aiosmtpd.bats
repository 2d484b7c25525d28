#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet and aiosmtpd with GNU SASL, byte for byte.

load lib/common
load servers/e2e

SERVER=aiosmtpd

@test "aiosmtpd: STARTTLS, mechanism chosen" { delivers_exactly starttls; }
@test "aiosmtpd: STARTTLS, PLAIN" { delivers_exactly starttls PLAIN; }
@test "aiosmtpd: STARTTLS, LOGIN" { delivers_exactly starttls LOGIN; }
@test "aiosmtpd: STARTTLS, CRAM-MD5" { delivers_exactly starttls CRAM-MD5; }
@test "aiosmtpd: STARTTLS, SCRAM-SHA-1" { delivers_exactly starttls SCRAM-SHA-1; }
@test "aiosmtpd: STARTTLS, SCRAM-SHA-1-PLUS" { delivers_exactly starttls SCRAM-SHA-1-PLUS; }
@test "aiosmtpd: STARTTLS, SCRAM-SHA-256" { delivers_exactly starttls SCRAM-SHA-256; }
@test "aiosmtpd: STARTTLS, SCRAM-SHA-256-PLUS" { delivers_exactly starttls SCRAM-SHA-256-PLUS; }
@test "aiosmtpd: TLS, mechanism chosen" { delivers_exactly tls; }
@test "aiosmtpd: TLS, PLAIN" { delivers_exactly tls PLAIN; }
@test "aiosmtpd: TLS, LOGIN" { delivers_exactly tls LOGIN; }
@test "aiosmtpd: TLS, CRAM-MD5" { delivers_exactly tls CRAM-MD5; }
@test "aiosmtpd: TLS, SCRAM-SHA-1" { delivers_exactly tls SCRAM-SHA-1; }
@test "aiosmtpd: TLS, SCRAM-SHA-1-PLUS" { delivers_exactly tls SCRAM-SHA-1-PLUS; }
@test "aiosmtpd: TLS, SCRAM-SHA-256" { delivers_exactly tls SCRAM-SHA-256; }
@test "aiosmtpd: TLS, SCRAM-SHA-256-PLUS" { delivers_exactly tls SCRAM-SHA-256-PLUS; }
@test "aiosmtpd: clear text" { delivers_exactly plain; }
@test "aiosmtpd: CRLF input" { delivers_crlf_exactly starttls; }
@test "aiosmtpd: 10 MiB, STARTTLS" { delivers_large starttls; }
@test "aiosmtpd: 10 MiB, clear text" { delivers_large plain; }
@test "aiosmtpd: null sender" { delivers_to_null_sender tls; }
@test "aiosmtpd: empty body" { delivers_empty_body tls; }
@test "aiosmtpd: Bcc is removed" { removes_bcc tls; }
@test "aiosmtpd: one of three recipients refused" { reports_refused starttls; }
@test "aiosmtpd: one of two recipients deferred" { reports_deferred tls; }
@test "aiosmtpd: all recipients refused" { reports_all_refused plain; }
@test "aiosmtpd: wrong password, PLAIN" { refuses_wrong_password starttls PLAIN; }
@test "aiosmtpd: wrong password, CRAM-MD5" { refuses_wrong_password tls CRAM-MD5; }
@test "aiosmtpd: wrong password, SCRAM-SHA-256" { refuses_wrong_password tls SCRAM-SHA-256; }
@test "aiosmtpd: unknown CA, STARTTLS" { refuses_unknown_ca starttls; }
@test "aiosmtpd: unknown CA, TLS" { refuses_unknown_ca tls; }
@test "aiosmtpd: message above the size limit" { reports_too_large starttls; }
@test "aiosmtpd: two dozen at once" { delivers_many_at_once starttls; }

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet and OpenSMTPD, byte for byte.

load lib/common
load servers/e2e

SERVER=opensmtpd

@test "opensmtpd: STARTTLS, mechanism chosen" { delivers_exactly starttls; }
@test "opensmtpd: STARTTLS, PLAIN" { delivers_exactly starttls PLAIN; }
@test "opensmtpd: STARTTLS, LOGIN" { delivers_exactly starttls LOGIN; }
@test "opensmtpd: TLS, mechanism chosen" { delivers_exactly tls; }
@test "opensmtpd: TLS, PLAIN" { delivers_exactly tls PLAIN; }
@test "opensmtpd: TLS, LOGIN" { delivers_exactly tls LOGIN; }
@test "opensmtpd: clear text" { delivers_exactly plain; }
@test "opensmtpd: STARTTLS without login" { delivers_exactly plain-tls; }
@test "opensmtpd: CRLF input" { delivers_crlf_exactly starttls; }
@test "opensmtpd: 10 MiB, STARTTLS" { delivers_large starttls; }
@test "opensmtpd: 10 MiB, clear text" { delivers_large plain; }
@test "opensmtpd: null sender" { delivers_to_null_sender tls; }
@test "opensmtpd: empty body" { delivers_empty_body tls; }
@test "opensmtpd: Bcc is removed" { removes_bcc tls; }
@test "opensmtpd: one of three recipients refused" { reports_refused starttls; }
@test "opensmtpd: one of two recipients deferred" { reports_deferred tls; }
@test "opensmtpd: all recipients refused" { reports_all_refused plain; }
@test "opensmtpd: wrong password, PLAIN" { refuses_wrong_password starttls PLAIN; }
@test "opensmtpd: wrong password, LOGIN" { refuses_wrong_password tls LOGIN; }
@test "opensmtpd: no PIPELINING, the login stands alone" { takes_login_alone tls; }
@test "opensmtpd: unknown CA, STARTTLS" { refuses_unknown_ca starttls; }
@test "opensmtpd: unknown CA, TLS" { refuses_unknown_ca tls; }
@test "opensmtpd: message above the size limit" { reports_too_large starttls; }
@test "opensmtpd: two dozen at once" { delivers_many_at_once starttls; }

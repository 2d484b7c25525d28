#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet and Exim, byte for byte.

load lib/common
load servers/e2e

SERVER=exim

@test "exim: STARTTLS, mechanism chosen" { delivers_exactly starttls; }
@test "exim: STARTTLS, PLAIN" { delivers_exactly starttls PLAIN; }
@test "exim: STARTTLS, LOGIN" { delivers_exactly starttls LOGIN; }
@test "exim: STARTTLS, CRAM-MD5" { delivers_exactly starttls CRAM-MD5; }
@test "exim: TLS, mechanism chosen" { delivers_exactly tls; }
@test "exim: TLS, PLAIN" { delivers_exactly tls PLAIN; }
@test "exim: TLS, LOGIN" { delivers_exactly tls LOGIN; }
@test "exim: TLS, CRAM-MD5" { delivers_exactly tls CRAM-MD5; }
@test "exim: clear text" { delivers_exactly plain; }
@test "exim: STARTTLS without login" { delivers_exactly plain-tls; }
@test "exim: CRLF input" { delivers_crlf_exactly starttls; }
@test "exim: 10 MiB, STARTTLS" { delivers_large starttls; }
@test "exim: 10 MiB, clear text" { delivers_large plain; }
@test "exim: null sender" { delivers_to_null_sender tls; }
@test "exim: empty body" { delivers_empty_body tls; }
@test "exim: Bcc is removed" { removes_bcc tls; }
@test "exim: one of three recipients refused" { reports_refused starttls; }
@test "exim: one of two recipients deferred" { reports_deferred tls; }
@test "exim: all recipients refused" { reports_all_refused plain; }
@test "exim: wrong password, PLAIN" { refuses_wrong_password starttls PLAIN; }
@test "exim: wrong password, CRAM-MD5" { refuses_wrong_password tls CRAM-MD5; }
@test "exim: login and mail in one go, STARTTLS" { takes_login_with_mail starttls; }
@test "exim: login and mail in one go, TLS" { takes_login_with_mail tls; }
@test "exim: unknown CA, STARTTLS" { refuses_unknown_ca starttls; }
@test "exim: unknown CA, TLS" { refuses_unknown_ca tls; }
@test "exim: message above the size limit" { reports_too_large starttls; }
@test "exim: two dozen at once" { delivers_many_at_once starttls; }

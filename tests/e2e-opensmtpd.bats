#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet and OpenSMTPD, byte for byte.

load lib/common
load servers/e2e

SERVER=opensmtpd

@test "opensmtpd: clear text" { delivers_exactly plain; }
@test "opensmtpd: CRLF input" { delivers_crlf_exactly plain; }
@test "opensmtpd: 10 MiB" { delivers_large plain; }
@test "opensmtpd: null sender" { delivers_to_null_sender plain; }
@test "opensmtpd: empty body" { delivers_empty_body plain; }
@test "opensmtpd: Bcc is removed" { removes_bcc plain; }
@test "opensmtpd: one of three recipients refused" { reports_refused plain; }
@test "opensmtpd: one of two recipients deferred" { reports_deferred plain; }
@test "opensmtpd: all recipients refused" { reports_all_refused plain; }
@test "opensmtpd: message above the size limit" { reports_too_large plain; }
@test "opensmtpd: two dozen at once" { delivers_many_at_once plain; }

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The records of the DNS that mail is judged by, as text.

load lib/common

@test "records: SPF, DKIM keys and DMARC, right and wrong" {
	"${BUILD:-$ROOT/build}/asan/unit/records" <"$ROOT/tests/golden/records.in" |
		diff -u --text "$ROOT/tests/golden/records.ref" -
}

#!/bin/bash
# SPDX-License-Identifier: ISC
#
# OpenDKIM, not as a server but for its judgement:
#
#   opendkim.sh judge RECORDS MESSAGE   with a DNS name and its TXT record on
#                                       each line of RECORDS

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

root_packages() {
	echo opendkim opendkim
}

# shellcheck disable=SC2154 # lib.sh's
judge() {
	local root=$DEPS_DIR/root/opendkim conf
	[ -d "$root" ] || fetch
	conf=$(mktemp)
	echo "TestPublicKeys $1" >"$conf"
	LD_LIBRARY_PATH=$root/usr/lib/$(gcc -print-multiarch):$root/usr/lib \
	    "$root/usr/sbin/opendkim" -x "$conf" -t "$2" 2>&1
	rm "$conf"
}

if [ "${1:-}" = judge ]; then
	shift
	judge "$@"
	exit
fi
server_main "$@"

#!/bin/bash
# SPDX-License-Identifier: ISC
#
# aiosmtpd with GNU SASL: the server that offers the SCRAM mechanisms with
# channel binding (RFC 5802, RFC 9266).

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

root_packages() {
	echo aiosmtpd python3 python3-aiosmtpd libgsasl18
}

configure() {
	# shellcheck disable=SC2154
	cp "$here/aiosmtpd_server.py" "$1/etc/"
}

# shellcheck disable=SC2154
serve() {
	launch "$1" /usr/bin/python3 -W ignore /etc/aiosmtpd_server.py \
	    "$login_user" "$login_password" "$size_limit" "$SUBMISSION_PORT" \
	    "$SUBMISSIONS_PORT" "$SMTP_PORT"
}

settled() {
	:
}

strip() {
	after "$1" Return-Path
}

server_main "$@"

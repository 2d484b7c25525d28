#!/bin/bash
# SPDX-License-Identifier: ISC
#
# OpenSMTPD, delivering through an MDA, in clear text only: the key process of
# 6.8 does not work with OpenSSL 3 (OpenSMTPD/OpenSMTPD#1171).

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

root_packages() {
	echo opensmtpd opensmtpd
}

# shellcheck disable=SC2154
configure() {
	local dir=$1
	mkdir -p "$dir/var/spool" "$dir/var/lib/opensmtpd/empty"
	cat >"$dir/etc/smtpd.conf" <<-END
		table everybody { "@" = "store" }
		smtp max-message-size "$size_limit"
		filter bad phase rcpt-to match rcpt-to regex "^<?bad" \\
		    reject "550 5.1.1 no such mailbox"
		filter temp phase rcpt-to match rcpt-to regex "^<?temp" \\
		    reject "450 4.2.1 mailbox busy"
		filter refused chain { bad, temp }
		listen on 127.0.0.1 port $SMTP_PORT filter refused \\
		    hostname localhost
		action store mda "/etc/store %{rcpt}" virtual <everybody>
		match from any for domain "example.test" action store
	END
}

ports() {
	# shellcheck disable=SC2153
	echo "$SMTP_PORT"
}

serve() {
	launch "$1" smtpd -d
}

settled() {
	[ -z "$(find "$1/var/spool/smtpd/queue" -type f)" ]
}

# There is no Return-Path for the null sender.
sender() {
	sed -n '1s/^Delivered-To: .*/<>/p; 1s/^Return-Path: //p' "$1"
}

strip() {
	if [ "$(sender "$1")" = '<>' ]; then
		after "$1" Delivered-To Received
	else
		after "$1" Return-Path Delivered-To Received
	fi
}

server_main "$@"
